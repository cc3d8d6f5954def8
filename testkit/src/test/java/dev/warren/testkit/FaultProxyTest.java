package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@RabbitMq
class FaultProxyTest {
  private static final BasicProperties PLAIN = new BasicProperties();

  private final FaultProxy proxy;

  FaultProxyTest(VirtualHost host) {
    proxy = FaultProxy.to(host.uri());
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
    assertThat(proxy.connectionCount()).isZero();
  }

  @Test
  void carriesAConnectionToTheBroker() throws Exception {
    try (Connection connection = connect()) {
      assertThat(connection.getServerProperties().get("product")).hasToString("RabbitMQ");
      assertThat(proxy.connectionCount()).isEqualTo(1);
    }
    await().until(() -> proxy.connectionCount() == 0);
  }

  @Test
  void cuttingEndsConnectionsButNotTheNextOne() throws Exception {
    CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
    connect().addShutdownListener(ended::complete);

    proxy.cut();

    assertThat(ended.get(20, TimeUnit.SECONDS).isInitiatedByApplication()).isFalse();
    try (Connection next = connect()) {
      assertThat(next.isOpen()).isTrue();
    }
  }

  @Test
  void refusesNewConnectionsUntilRestored() throws Exception {
    try (Connection open = connect()) {
      proxy.refuse();

      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
      assertThat(confirmed(open, 1)).isTrue();
    }
    proxy.restore();
    try (Connection again = connect()) {
      assertThat(again.isOpen()).isTrue();
    }
  }

  @Test
  void aStallHoldsBytesBackAndLosesNone() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      proxy.stall();
      channel.basicPublish("", "nowhere", PLAIN, new byte[10]);

      assertThatThrownBy(() -> channel.waitForConfirms(500)).isInstanceOf(TimeoutException.class);
      assertThat(connection.isOpen()).isTrue();

      proxy.restore();
      assertThat(channel.waitForConfirms(20_000)).isTrue();
    }
  }

  @Test
  void aStalledConnectionCanBeCut() throws Exception {
    CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
    connect().addShutdownListener(ended::complete);
    proxy.stall();

    proxy.cut();

    assertThat(ended.get(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(proxy.connectionCount()).isZero();
  }

  @Test
  void latencyDelaysEachWay() throws Exception {
    try (Connection connection = connect()) {
      proxy.latency(Duration.ofMillis(150));

      Duration roundTrip = timed(() -> confirmed(connection, 1));

      assertThat(roundTrip).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }
  }

  @Test
  void bandwidthLimitsABigMessage() throws Exception {
    try (Connection connection = connect()) {
      proxy.bandwidth(100_000);

      Duration taken = timed(() -> confirmed(connection, 50_000));

      assertThat(taken).isGreaterThanOrEqualTo(Duration.ofMillis(450));
    }
  }

  @Test
  void refusesATargetWithoutPortAndFaultsThatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultProxy.to(URI.create("amqp://localhost/")));
    assertThatIllegalArgumentException().isThrownBy(() -> proxy.bandwidth(0));
  }

  private static Duration timed(Action action) throws Exception {
    long began = System.nanoTime();
    assertThat(action.run()).isTrue();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static boolean confirmed(Connection connection, int bytes) throws Exception {
    try (Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.basicPublish("", "nowhere", PLAIN, new byte[bytes]);
      return channel.waitForConfirms(20_000);
    }
  }

  private Connection connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    factory.setUri(proxy.uri());
    return factory.newConnection("through the proxy");
  }

  @FunctionalInterface
  private interface Action {
    boolean run() throws Exception;
  }
}
