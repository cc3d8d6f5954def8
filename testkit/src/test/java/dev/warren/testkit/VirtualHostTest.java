package dev.warren.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@RabbitMq
class VirtualHostTest {
  private static final BasicProperties PLAIN = new BasicProperties();

  private final VirtualHost host;

  VirtualHostTest(VirtualHost host) {
    this.host = host;
  }

  @Test
  void listsWhoIsConnectedAndWhatTheyConsume() throws Exception {
    try (Connection connection = host.connect("listed");
        Channel channel = connection.createChannel(7)) {
      channel.queueDeclare("listed", true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      channel.basicQos(5);
      channel.basicConsume("listed", false, "its-tag", (tag, delivery) -> {}, tag -> {});

      // The broker's statistics of each kind come when they come.
      await().until(() -> !host.consumers().isEmpty() && !host.channels().isEmpty());
      ConnectionView listed = await().until(this::listed, Optional::isPresent).orElseThrow();

      assertThat(host.channels())
          .filteredOn(view -> view.connection().equals(listed.name()))
          .singleElement()
          .satisfies(view -> assertThat(view.number()).isEqualTo(7));
      assertThat(host.consumers())
          .singleElement()
          .satisfies(
              view -> {
                assertThat(view.tag()).isEqualTo("its-tag");
                assertThat(view.queue()).isEqualTo("listed");
                assertThat(view.prefetch()).isEqualTo(5);
              });
      assertThat(host.queues())
          .filteredOn(view -> view.name().equals("listed"))
          .singleElement()
          .satisfies(
              view -> {
                assertThat(view.type()).isEqualTo("quorum");
                assertThat(view.durable()).isTrue();
                assertThat(view.arguments()).containsEntry("x-queue-type", "quorum");
              });
    }
  }

  private Optional<ConnectionView> listed() {
    return host.connections().stream()
        .filter(view -> view.clientName().equals("listed"))
        .findFirst();
  }

  @Test
  void closesAConnectionByItsClientsName() throws Exception {
    CompletableFuture<ShutdownSignalException> closed = new CompletableFuture<>();
    Connection doomed = host.connect("doomed");
    try (Connection spared = host.connect("spared")) {
      doomed.addShutdownListener(closed::complete);

      host.closeConnections("doomed");

      AMQP.Connection.Close reason =
          (AMQP.Connection.Close) closed.get(20, TimeUnit.SECONDS).getReason();
      assertThat(reason.getReplyCode()).isEqualTo(AMQP.CONNECTION_FORCED);
      assertThat(spared.isOpen()).isTrue();
    }
  }

  @Test
  void publishesAnythingAndPeeksWithoutTakingIt() throws Exception {
    declare("garbage");

    host.publish("", "garbage", PLAIN, new byte[] {(byte) 0xff, 0});
    host.publish("", "garbage", PLAIN.builder().type("odd").build(), "{".getBytes(UTF_8));

    assertThat(host.peek("garbage", 10))
        .extracting(message -> message.getProps().getType())
        .containsExactly(null, "odd");
    assertThat(host.peek("garbage", 1)).hasSize(1);
    await().untilAsserted(() -> assertThat(host.readyCount("garbage")).isEqualTo(2));
  }

  @Test
  void deletesAQueueUnderItsUsers() throws Exception {
    CompletableFuture<String> cancelled = new CompletableFuture<>();
    try (Connection connection = host.connect("user of a queue");
        Channel channel = connection.createChannel()) {
      declare("short-lived");
      channel.basicConsume("short-lived", true, (tag, delivery) -> {}, cancelled::complete);

      host.deleteQueue("short-lived");

      assertThat(cancelled.get(20, TimeUnit.SECONDS)).isNotEmpty();
      assertThatThrownBy(() -> host.readyCount("short-lived"))
          .isInstanceOf(BrokerException.class)
          .hasMessageContaining("count short-lived");
    }
  }

  @Test
  void removesABindingAndAnExchange() throws Exception {
    declare("bound");
    try (Connection connection = host.connect("binder");
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare("source", BuiltinExchangeType.TOPIC, true);
      channel.queueBind("bound", "source", "a.*");
      channel.queueBind("bound", "source", "b.*");
    }
    assertThat(host.bindings()).contains(new BindingView("source", "bound", true, "a.*"));

    host.unbindQueue("bound", "source", "a.*");
    assertThat(host.bindings())
        .contains(new BindingView("source", "bound", true, "b.*"))
        .doesNotContain(new BindingView("source", "bound", true, "a.*"));

    host.deleteExchange("source");
    assertThat(host.bindings()).noneMatch(view -> view.source().equals("source"));
  }

  @Test
  void aUserMayDoOnlyWhatItWasGiven() throws Exception {
    declare("mine");
    declare("theirs");
    URI uri = host.createUser(Permissions.of("^$", "^$", "^mine$"));
    try (Connection connection = connect(uri)) {
      assertThat(connection.createChannel().basicGet("mine", true)).isNull();
      assertThatThrownBy(() -> connection.createChannel().basicGet("theirs", true))
          .isInstanceOf(IOException.class)
          .hasStackTraceContaining("ACCESS_REFUSED");
    }
  }

  @Test
  void aUserMayBindOnlyTheRoutingKeysItWasGiven() throws Exception {
    try (Connection connection = host.connect("operator");
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare("news", BuiltinExchangeType.TOPIC, true);
    }
    Permissions permissions =
        Permissions.of("^mine$", "^mine$", "^news$").withTopic("news", "^$", "^to\\.me$");
    try (Connection connection = connect(host.createUser(permissions))) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("mine", false, true, true, Map.of());
      channel.queueBind("mine", "news", "to.me");
      assertThatThrownBy(() -> channel.queueBind("mine", "news", "to.you"))
          .isInstanceOf(IOException.class)
          .hasStackTraceContaining("ACCESS_REFUSED");
    }
  }

  @Test
  void closingDeletesTheVirtualHostAndItsUsers(Broker broker) {
    VirtualHost other = broker.createVirtualHost("other");
    URI user = other.createUser(Permissions.ALL);

    other.close();

    assertThatThrownBy(() -> connect(user)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> other.connect("late")).isInstanceOf(BrokerException.class);
  }

  private void declare(String queue) throws Exception {
    try (Connection connection = host.connect("declare");
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue, true, false, false, Map.of());
    }
  }

  private static Connection connect(URI uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    factory.setUri(uri);
    return factory.newConnection("a user of the test");
  }
}
