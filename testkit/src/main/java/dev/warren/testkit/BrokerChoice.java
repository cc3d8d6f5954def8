package dev.warren.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
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

  /** Any broker. */
  record Given(BrokerAddress address) implements BrokerChoice {
    @Override
    public Broker open() {
      return new Broker(address, Optional.empty(), () -> {});
    }
  }

  static BrokerChoice fromEnvironment() {
    String broker = setting("BROKER", "");
    String folder = setting("NODE_DIR", "");
    if (!folder.isEmpty()) {
      return new RunningNode(Path.of(folder));
    }
    if (broker.startsWith("amqp://") || broker.startsWith("amqps://")) {
      URI uri = URI.create(broker);
      String management = setting("MANAGEMENT", "http://" + uri.getHost() + ":15672");
      return new Given(new BrokerAddress(uri, URI.create(management)));
    }
    return switch (broker) {
      case "", "node" -> new NewNode();
      default ->
          throw new BrokerException(
              "WARREN_TEST_BROKER is '" + broker + "'. " + HOW_TO_GET_A_BROKER);
    };
  }

  /** {@code WARREN_TEST_X}, unless the system property {@code warren.test.x} is set. */
  static String setting(String name, String otherwise) {
    @Nullable String value =
        System.getProperty("warren.test." + name.toLowerCase(Locale.ROOT).replace('_', '.'));
    if (value == null) {
      value = System.getenv("WARREN_TEST_" + name);
    }
    return value == null || value.isBlank() ? otherwise : value;
  }
}
