package dev.warren.engine.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.LoginRefusedException;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@RabbitMq
class ConnectionsTest {
  private static final ProcessName PROCESS = new ProcessName("worker", "here", 7, "abc");

  private final VirtualHost host;
  private final BrokerSettings settings;

  ConnectionsTest(VirtualHost host) {
    this.host = host;
    this.settings = BrokerSettings.of(host.uri());
  }

  private static Connections to(BrokerSettings settings) {
    return new Connections(settings, PROCESS);
  }

  @Test
  void aConnectionSaysWhoseItIsAndWhatFor() throws Exception {
    try (Connection connection = to(settings).open("consume")) {
      assertThat(connection.getClientProvidedName()).isEqualTo("warren-worker@here:7 consume");
      assertThat(connection.getClientProperties())
          .containsEntry("product", "Warren")
          .containsEntry("role", "worker")
          .containsKey("version");
      assertThat(connection.getHeartbeat()).isEqualTo(10);
      assertThat(BrokerVersion.of(connection)).isPresent();
      Awaitility.await()
          .until(
              () ->
                  host.connections().stream()
                      .anyMatch(each -> each.toString().contains("warren-worker@here:7 consume")));
      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> thread.getName().startsWith("warren-amqp-consume-"))
          .isNotEmpty()
          .allMatch(Thread::isDaemon);
    }
  }

  @Test
  void aConnectionThatTheBrokerClosesStaysClosedAndItsThreadsEnd() {
    Connection connection = to(settings).open("once");
    host.closeConnections("warren-worker@here:7 once");

    Awaitility.await().until(() -> !connection.isOpen());
    Awaitility.await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("warren-amqp-once-")));
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConsumerThatThrowsLosesItsChannelAndHoldsUpNoOther() throws Exception {
    try (Connection connection = to(settings).openForReading("reading")) {
      Channel throwing = connection.createChannel();
      Channel other = connection.createChannel();
      String bad = throwing.queueDeclare().getQueue();
      String good = other.queueDeclare().getQueue();
      CountDownLatch thrown = new CountDownLatch(1);
      CountDownLatch heard = new CountDownLatch(1);
      throwing.basicConsume(
          bad,
          true,
          (tag, delivery) -> {
            thrown.countDown();
            throw new IllegalStateException("on purpose");
          },
          tag -> {});
      other.basicConsume(good, true, (tag, delivery) -> heard.countDown(), tag -> {});
      other.basicPublish("", bad, null, new byte[] {1});
      assertThat(thrown.await(10, TimeUnit.SECONDS)).isTrue();

      other.basicPublish("", good, null, new byte[] {2});
      long most = Connections.CHANNEL_ANSWER_LIMIT.dividedBy(3).toSeconds();
      assertThat(heard.await(most, TimeUnit.SECONDS)).isTrue();
      Awaitility.await().until(() -> !throwing.isOpen());
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void aWrongPasswordIsARefusedLogin() {
    BrokerSettings wrong = settings.withCredentials(settings.username(), Secret.of("wr0ng"));
    assertThatThrownBy(() -> to(wrong).open("test"))
        .isInstanceOf(LoginRefusedException.class)
        .hasMessageContaining(settings.address())
        .hasMessageContaining("'" + settings.username() + "'")
        .hasMessageContaining("check user name and password")
        .hasMessageNotContaining("wr0ng");
  }

  @Test
  void aMissingVirtualHostIsToldFromOneWithoutAccess() {
    assertThatThrownBy(() -> to(settings.withVirtualHost("nowhere")).open("test"))
        .isInstanceOf(LoginRefusedException.class)
        .hasMessageContaining("there is no virtual host 'nowhere'");
    try (VirtualHost other = host.broker().createVirtualHost("another")) {
      BrokerSettings stranger =
          BrokerSettings.of(host.createUser(Permissions.ALL)).withVirtualHost(other.name());
      assertThatThrownBy(() -> to(stranger).open("test"))
          .isInstanceOf(LoginRefusedException.class)
          .hasMessageContaining("has no access to virtual host '" + other.name() + "'");
    }
  }

  @Test
  void nobodyListeningIsUnreachable() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThatThrownBy(() -> to(BrokerSettings.parse("amqp://127.0.0.1:" + free)).open("test"))
        .isInstanceOf(BrokerUnreachableException.class)
        .hasMessageContaining("127.0.0.1:" + free)
        .hasMessageContaining("nothing listens there");
  }

  @Test
  void anUnknownHostIsUnreachable() {
    assertThatThrownBy(() -> to(BrokerSettings.parse("amqp://no-such-host.invalid")).open("test"))
        .isInstanceOf(BrokerUnreachableException.class)
        .hasMessageContaining("host name is unknown");
  }

  @Test
  void aListenerThatNeverAnswersIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BrokerSettings deaf =
          BrokerSettings.parse("amqp://127.0.0.1:" + silent.getLocalPort())
              .withConnectTimeout(Duration.ofMillis(200));
      assertThatThrownBy(() -> to(deaf).open("test"))
          .isInstanceOf(BrokerUnreachableException.class)
          .hasMessageContaining("no answer within 200 ms");
    }
  }

  @Test
  void aPortOfAnotherProtocolIsNamedAsSuch() {
    URI management = host.broker().managementUri();
    BrokerSettings web =
        BrokerSettings.parse("amqp://127.0.0.1:" + management.getPort())
            .withConnectTimeout(Duration.ofSeconds(2));
    assertThatThrownBy(() -> to(web).open("test"))
        .isInstanceOf(BrokerUnreachableException.class)
        .hasMessageContaining("127.0.0.1:" + management.getPort());
  }

  @Test
  void tlsToAPlainPortSaysThatTlsFailed() {
    BrokerSettings tls =
        BrokerSettings.parse("amqps://127.0.0.1:" + settings.port())
            .withConnectTimeout(Duration.ofSeconds(2));
    assertThatThrownBy(() -> to(tls).open("test"))
        .isInstanceOf(BrokerUnreachableException.class)
        .hasMessageContaining("TLS failed");
  }
}
