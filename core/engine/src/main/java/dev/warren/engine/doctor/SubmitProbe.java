package dev.warren.engine.doctor;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Grant;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Tries what a submitter does, without leaving a task: a message that no queue takes, and a waiting
 * queue that is deleted at once.
 */
final class SubmitProbe {
  private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(3);
  private static final int ABORT_LIMIT_MILLIS = 1_000;

  /** Nothing is bound with an empty queue name. */
  private static final String NOBODYS_KEY = "-.warren-doctor";

  private final Connections connections;

  SubmitProbe(Connections connections) {
    this.connections = connections;
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(submitting());
    findings.add(waiting());
    return findings;
  }

  private Finding submitting() {
    String what = "submitting";
    Connection connection = connections.open("doctor");
    AtomicReference<String> blocked = new AtomicReference<>("");
    try {
      connection.addBlockedListener(
          new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
              blocked.set(reason);
            }

            @Override
            public void handleUnblocked() {
              blocked.set("");
            }
          });
      Channel channel = connection.createChannel();
      channel.confirmSelect();
      BasicProperties properties =
          new BasicProperties.Builder().messageId(UUID.randomUUID().toString()).build();
      channel.basicPublish(TopologyNames.TASKS, NOBODYS_KEY, true, properties, new byte[] {'0'});
      // Not "…OrDie", which after the limit waits for the broker's leave to close the channel.
      return channel.waitForConfirms(CONFIRM_LIMIT.toMillis())
          ? Finding.ok(what, "the broker takes and confirms messages")
          : Finding.error(what, "the broker refused a message", "look at its log");
    } catch (TimeoutException late) {
      return blocked.get().isEmpty()
          ? Finding.error(
              what,
              "the broker confirmed nothing within " + CONFIRM_LIMIT.toSeconds() + " s",
              "look at its load and its log")
          : alarm(blocked.get());
    } catch (IOException | ShutdownSignalException failure) {
      return refused(what, failure, Grant.PRODUCER);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Finding.error(what, "the check was interrupted", "repeat it");
    } finally {
      // A blocked broker reads no goodbye.
      connection.abort(ABORT_LIMIT_MILLIS);
    }
  }

  static Finding alarm(String reason) {
    return Finding.error(
        "alarms",
        "the broker blocks all publishers: " + reason,
        "free memory or disk on its node (rabbitmq-diagnostics alarms), or add some");
  }

  private Finding waiting() {
    String what = "waiting";
    String token = UUID.randomUUID().toString().replace("-", "");
    try (Connection connection = connections.open("doctor")) {
      Channel channel = connection.createChannel();
      Declarer.declareOn(channel, Topology.waiting(token));
      channel.queueDelete(TopologyNames.waiting(token));
      return Finding.ok(what, "outcomes can be waited for");
    } catch (WarrenException refused) {
      return Finding.warning(
          what,
          String.valueOf(refused.getMessage()),
          "for 'submit --wait' and 'map', " + grantLine(Grant.PRODUCER));
    } catch (IOException | ShutdownSignalException failure) {
      return refused(what, failure, Grant.PRODUCER);
    }
  }

  private Finding refused(String what, Exception failure, Grant needed) {
    return BrokerRefusal.in(failure)
        .map(
            refusal ->
                refusal.isAccessRefused()
                    ? Finding.error(what, refusal.text(), grantLine(needed))
                    : Finding.error(what, refusal.text(), "run 'warren topology apply'"))
        .orElseGet(
            () -> Finding.error(what, "the connection was lost: " + failure, "repeat the check"));
  }

  private String grantLine(Grant grant) {
    return "grant the user at least: rabbitmqctl set_permissions -p '"
        + connections.settings().virtualHost()
        + "' '"
        + connections.settings().username()
        + "' '"
        + grant.configure()
        + "' '"
        + grant.write()
        + "' '"
        + grant.read()
        + "'";
  }
}
