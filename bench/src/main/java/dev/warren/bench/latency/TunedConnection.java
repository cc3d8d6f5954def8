package dev.warren.bench.latency;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import dev.warren.bench.BenchException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One connection of the hand-tuned program, with one channel. The thread that reads it runs the
 * consumer, too: handing each delivery to another thread costs more than the delivery.
 */
final class TunedConnection implements AutoCloseable {
  static final String TASKS = "hand-tuned.tasks";
  static final String RESULTS = "hand-tuned.results";

  /** The submitter's own queue, beside the safe one, where results take both ways. */
  static final String WAITING = "hand-tuned.waiting";

  /** Where results take both ways, the exchange that they are published to. */
  static final String BOTH_WAYS = "hand-tuned.both-ways";

  private static final long EXPIRY_MILLIS = 300_000;

  /** Unacknowledged deliveries at most. */
  private static final int PREFETCH = 500;

  private final Connection connection;
  private final Channel channel;
  private final TunedFrames frames;

  private TunedConnection(Connection connection) throws IOException {
    this.connection = connection;
    this.channel = connection.createChannel();
    this.frames = (TunedFrames) ((AMQConnection) connection).getFrameHandler();
    channel.basicQos(PREFETCH);
    channel.confirmSelect();
  }

  static TunedConnection open(URI broker, String name) {
    ConnectionFactory factory = new TunedFactory();
    try {
      factory.setUri(broker);
      factory.setAutomaticRecoveryEnabled(false);
      factory.setTopologyRecoveryEnabled(false);
      // A heartbeat would have to be flushed.
      factory.setRequestedHeartbeat(0);
      factory.setSharedExecutor(new CallersThread());
      return new TunedConnection(factory.newConnection(name));
    } catch (IOException | TimeoutException failed) {
      throw new BenchException("the hand-tuned program cannot connect: " + failed, failed);
    } catch (GeneralSecurityException noTls) {
      throw new BenchException("the hand-tuned program speaks without TLS only", noTls);
    }
  }

  /**
   * Declares the queue of tasks and that of results, both as safe as can be.
   *
   * @param bothWays whether results also go to a classic queue, as Warren's do
   */
  void declare(boolean bothWays) throws IOException {
    for (String queue : List.of(TASKS, RESULTS)) {
      channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
    }
    if (bothWays) {
      channel.queueDeclare(
          WAITING,
          true,
          false,
          false,
          Map.of("x-queue-type", "classic", "x-expires", EXPIRY_MILLIS));
      channel.exchangeDeclare(BOTH_WAYS, BuiltinExchangeType.FANOUT, true);
      channel.queueBind(RESULTS, BOTH_WAYS, "");
      channel.queueBind(WAITING, BOTH_WAYS, "");
    }
  }

  Channel channel() {
    return channel;
  }

  TunedFrames frames() {
    return frames;
  }

  @Override
  public void close() {
    frames.flushAlways();
    try {
      connection.close();
    } catch (IOException lost) {
      throw new BenchException("the hand-tuned program lost its connection: " + lost, lost);
    }
  }

  private static final class TunedFactory extends ConnectionFactory {
    @Override
    protected synchronized FrameHandlerFactory createFrameHandlerFactory() {
      return (address, name) -> {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        return new TunedFrames(socket);
      };
    }
  }

  /** Runs what it is given at once. */
  private static final class CallersThread extends AbstractExecutorService {
    private volatile boolean shut;

    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public void shutdown() {
      shut = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shut = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return shut;
    }

    @Override
    public boolean isTerminated() {
      return shut;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return shut;
    }
  }
}
