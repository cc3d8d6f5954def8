package dev.warren.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Which broker the tests of this JVM run on. */
sealed interface BrokerChoice {
  String HOW_TO_GET_A_BROKER =
      "Ways to a broker for these tests: install one (Debian, Ubuntu: apt-get install"
          + " rabbitmq-server; it is run as a private node), or set WARREN_TEST_BROKER to"
          + " 'docker' or to the amqp:// URI of an administrator of a running one.";

  /** Gets that broker, or says why not. */
  Broker open();

  /** A node that is started now. */
  record NewNode() implements BrokerChoice {
    @Override
    public Broker open() {
      PrivateNode node = PrivateNode.create("--set", "collect_statistics_interval=500");
      return new Broker(node.address(), Optional.of(node), node);
    }
  }

  /** A node that runs in this folder. */
  record RunningNode(Path folder) implements BrokerChoice {
    @Override
    public Broker open() {
      PrivateNode node = PrivateNode.existing(folder);
      return new Broker(node.address(), Optional.of(node), node);
    }
  }

  /** A container of this image. */
  record InDocker(String image) implements BrokerChoice {
    @Override
    public Broker open() {
      DockerNode node = DockerNode.start(image);
      return new Broker(node.address(), Optional.of(node), node);
    }
  }

  /** Any broker. */
  record Given(BrokerAddress address) implements BrokerChoice {
    @Override
    public Broker open() {
      return new Broker(address, Optional.empty(), () -> {});
    }
  }

  static BrokerChoice fromEnvironment() {
    return of(BrokerChoice::setting);
  }

  /**
   * Decides.
   *
   * @param settings the value of a setting, "" if not set
   */
  static BrokerChoice of(UnaryOperator<String> settings) {
    String broker = settings.apply("BROKER");
    String folder = settings.apply("NODE_DIR");
    boolean uri = broker.startsWith("amqp://") || broker.startsWith("amqps://");
    if (!folder.isEmpty() && (uri || broker.isEmpty())) {
      return new RunningNode(Path.of(folder));
    }
    if (uri) {
      return new Given(given(URI.create(broker), settings.apply("MANAGEMENT")));
    }
    return switch (broker) {
      case "", "node" -> new NewNode();
      case "docker" -> {
        String image = settings.apply("IMAGE");
        yield new InDocker(image.isEmpty() ? "rabbitmq:4-management" : image);
      }
      default ->
          throw new BrokerException(
              "WARREN_TEST_BROKER is none of 'node', 'docker' and amqp://… " + HOW_TO_GET_A_BROKER);
    };
  }

  private static BrokerAddress given(URI amqp, String management) {
    return new BrokerAddress(
        amqp,
        URI.create(management.isEmpty() ? "http://" + amqp.getHost() + ":15672" : management));
  }

  /** {@code WARREN_TEST_X}, unless the system property {@code warren.test.x} is set. */
  private static String setting(String name) {
    String property = "warren.test." + name.toLowerCase(Locale.ROOT).replace('_', '.');
    @Nullable String value = System.getProperty(property);
    if (value == null) {
      value = System.getenv("WARREN_TEST_" + name);
    }
    return value == null ? "" : value.strip();
  }
}
