package dev.warren.engine.connection;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurators;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/**
 * Opens connections of one process to its broker. Each says in the management UI which process it
 * belongs to and what it is for; none recovers by itself, as recovery would hide lost confirms and
 * stale acknowledgements: the opener watches, closes and opens again.
 *
 * <p>Safe for concurrent use. Threads of a connection are daemons named {@code
 * warren-amqp-<purpose>-<n>} and end with it.
 */
public final class Connections {
  /** The longest wait for the broker's answer to a command on a channel. */
  public static final Duration CHANNEL_ANSWER_LIMIT = Duration.ofSeconds(30);

  private final BrokerSettings settings;
  private final ProcessName process;

  public Connections(BrokerSettings settings, ProcessName process) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.process = Objects.requireNonNull(process, "process");
  }

  /**
   * Opens a connection named {@code <process> <purpose>}; blocks at most about twice the connect
   * timeout per address of the host.
   *
   * @param purpose one word: {@code consume}, {@code publish}, {@code topology}, {@code control},
   *     {@code wait}.
   * @throws dev.warren.api.BrokerUnreachableException if nobody answers, or not with AMQP.
   * @throws dev.warren.api.LoginRefusedException if the broker refuses the credentials or the
   *     virtual host.
   */
  public Connection open(String purpose) {
    return open(factory(), purpose, new AmqpThreads(purpose));
  }

  /**
   * As {@link #open}, for consumers that are called on the thread that reads from the connection:
   * what is delivered is with them at once, without a hand-over to another thread. They must not
   * block and must not wait for an answer on this connection. A consumer that throws loses its
   * channel, and no other.
   */
  public Connection openForReading(String purpose) {
    ConnectionFactory factory = factory();
    factory.setSharedExecutor(new ReadingThread());
    AmqpThreads threads = new AmqpThreads(purpose);
    factory.setExceptionHandler(new ClosingElsewhere(threads));
    return open(factory, purpose, threads);
  }

  private Connection open(ConnectionFactory factory, String purpose, AmqpThreads threads) {
    factory.setThreadFactory(threads);
    // Closing a socket flushes it first; behind a write that is held by a peer that has stopped
    // reading, that would last as long as the write, and so would noticing missed heartbeats.
    factory.setShutdownExecutor(Executors.newThreadPerTaskExecutor(threads));
    try {
      return factory.newConnection(process.text() + " " + purpose);
    } catch (IOException | TimeoutException failure) {
      throw ConnectionFailures.explain(settings, failure);
    }
  }

  /** Loads what opening needs, for who has something else to do meanwhile. */
  public static void prepare() {
    ConnectionFactory unused =
        new Connections(BrokerSettings.DEFAULT, ProcessName.of("prepare")).factory();
  }

  public BrokerSettings settings() {
    return settings;
  }

  public ProcessName process() {
    return process;
  }

  private ConnectionFactory factory() {
    ConnectionFactory factory = new BatchingFactory();
    factory.setHost(settings.host());
    factory.setPort(settings.port());
    factory.setVirtualHost(settings.virtualHost());
    factory.setUsername(settings.username());
    factory.setPassword(settings.password().reveal());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setRequestedHeartbeat(Math.toIntExact(settings.heartbeat().toSeconds()));
    int timeout = Math.toIntExact(settings.connectTimeout().toMillis());
    factory.setConnectionTimeout(timeout);
    // The client waits half of it for each answer of the handshake.
    factory.setHandshakeTimeout(2 * timeout);
    factory.setChannelRpcTimeout(Math.toIntExact(CHANNEL_ANSWER_LIMIT.toMillis()));
    factory.setChannelShouldCheckRpcResponseType(true);
    factory.setClientProperties(properties(factory.getClientProperties()));
    if (settings.usesTls()) {
      // Verifies host names, by a configurator of the socket.
      factory.useSslProtocol(settings.tls().context());
      if (!settings.tls().verifyHostName()) {
        factory.setSocketConfigurator(SocketConfigurators.defaultConfigurator());
      }
    }
    return factory;
  }

  private Map<String, Object> properties(Map<String, Object> ofClient) {
    Map<String, Object> properties = new HashMap<>(ofClient);
    properties.put("product", "Warren");
    properties.put("version", version());
    properties.put("role", process.role());
    properties.put("host", process.host());
    properties.put("pid", process.pid());
    properties.remove("copyright");
    properties.remove("information");
    return properties;
  }

  private static String version() {
    return Objects.requireNonNullElse(
        Connections.class.getPackage().getImplementationVersion(), "development");
  }

  /** Makes connections on which {@link WritesTogether} works. */
  private static final class BatchingFactory extends ConnectionFactory {
    @Override
    protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
      FrameHandlerFactory sockets = super.createFrameHandlerFactory();
      return (address, name) -> new BatchingFrames(sockets.create(address, name));
    }
  }
}
