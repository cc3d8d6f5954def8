package dev.warren.bench;

import com.rabbitmq.client.Connection;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.BrokerVersion;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a benchmark: a private node, or one that is there. Either way every measurement has
 * a fresh virtual host, and nothing of it stays.
 */
public final class BenchBroker implements AutoCloseable {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

  private final BrokerSettings settings;
  private final ManagementApi management;
  private final OptionalLong process;
  private final @Nullable PrivateNode ownNode;

  private BenchBroker(BrokerSettings settings, URI managementUri, @Nullable PrivateNode ownNode) {
    this.settings = settings;
    this.management = new ManagementApi(managementUri, settings);
    this.ownNode = ownNode;
    this.process = process();
  }

  private OptionalLong process() {
    if (ownNode != null) {
      return OptionalLong.of(ownNode.pid());
    }
    return LOOPBACK.contains(settings.host()) ? management.nodeProcess() : OptionalLong.empty();
  }

  public static BenchBroker open(Settings settings, Path workFolder) {
    return switch (settings.get(BenchKeys.BROKER)) {
      case "node" -> {
        PrivateNode node = PrivateNode.start(workFolder);
        yield new BenchBroker(node.settings(), node.managementUri(), node);
      }
      case "configured" ->
          new BenchBroker(
              StandardKeys.brokerSettings(settings),
              settings.get(StandardKeys.BROKER_MANAGEMENT_URI),
              null);
      default ->
          throw new ConfigurationException(
              "--broker is 'node' or 'configured'; an address goes to --broker-uri");
    };
  }

  public String version() {
    try (Connection connection =
        new Connections(settings, ProcessName.of("bench")).open("topology")) {
      String version =
          BrokerVersion.of(connection).map(BrokerVersion::toString).orElse("of unknown version");
      return "RabbitMQ " + version + (ownNode == null ? "" : ", private node");
    } catch (java.io.IOException lost) {
      throw new BenchException("the broker went away: " + lost, lost);
    }
  }

  /** A new virtual host. */
  public Place place() {
    String name =
        "warren-bench-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    management.createVirtualHost(name);
    return new Place(name);
  }

  /** A virtual host for one measurement, deleted when it is closed. */
  public final class Place implements AutoCloseable {
    private final String name;

    private Place(String name) {
      this.name = name;
    }

    public BrokerSettings settings() {
      return settings.withVirtualHost(name);
    }

    /** Processor time of the broker; zero where it is on another machine. */
    public Duration brokerTime() {
      return process.isPresent() ? ProcessorTime.of(process.getAsLong()) : Duration.ZERO;
    }

    /** The broker, as a part of a measurement. */
    public Part part() {
      return new Part(
          "broker", () -> process.isPresent() ? List.of(process.getAsLong()) : List.of());
    }

    @Override
    public void close() {
      management.deleteVirtualHost(name);
    }
  }

  @Override
  public void close() {
    management.close();
    if (ownNode != null) {
      ownNode.close();
    }
  }
}
