package dev.warren.testkit;

/**
 * The process of a broker, to be stopped, killed and started again while clients are connected. Its
 * ports and data stay the same throughout. Every method waits until it is so.
 */
public interface BrokerNode {
  /** Starts the process and waits until it answers AMQP and HTTP; does nothing when it runs. */
  void start();

  /** Stops the process in order. */
  void stop();

  /**
   * Kills the process as a crash would ({@code kill -9}). A quorum queue that was declared in the
   * three seconds before comes back empty when the broker has one node (seen on 3.10.8: the file of
   * its queues is written that much later); {@link #sync} after declaring avoids it.
   */
  void kill();

  /** Has the broker write down which quorum queues it has; see {@link #kill}. */
  default void sync() {
    ctl("eval", "[dets:sync(Table) || Table <- dets:all()].");
  }

  /**
   * Runs {@code rabbitmqctl} against the node.
   *
   * @return what it printed
   * @throws BrokerException if it failed, with what it printed
   */
  String ctl(String... arguments);

  /** Stops the process in order and starts it again. */
  default void restart() {
    stop();
    start();
  }

  /** Closes listeners and connections, leaves the process: {@code rabbitmqctl stop_app}. */
  default void stopApplication() {
    ctl("stop_app");
  }

  /** Undoes {@link #stopApplication}. */
  default void startApplication() {
    ctl("start_app");
  }
}
