package dev.warren.engine.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PracticeBrokerTest {
  private static final long LIMIT_SECONDS = 20;

  private PracticeBroker broker;
  private Connection connection;
  private Channel channel;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  @BeforeEach
  void connect() throws Exception {
    broker = new PracticeBroker();
    broker.start();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(broker.port());
    factory.setPassword(broker.password());
    connection = factory.newConnection();
    channel = connection.createChannel();
  }

  @AfterEach
  void leave() throws Exception {
    connection.close();
    broker.close();
  }

  @Test
  void whatIsPublishedIsConfirmedAndDeliveredToWhoeverConsumes() throws Exception {
    channel.confirmSelect();
    channel.queueDeclare("work", true, false, false, Map.of());
    send("", "work", "before");
    consume("work", Map.of());
    String large = "x".repeat(300_000);
    send("", "work", large);
    assertThat(channel.waitForConfirms(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS))).isTrue();
    assertThat(next()).isEqualTo("before");
    assertThat(next()).isEqualTo(large);
  }

  /** Or anybody on the machine could have the practising worker run something. */
  @Test
  void onlyWhoKnowsThePasswordIsLetIn() {
    ConnectionFactory stranger = new ConnectionFactory();
    stranger.setPort(broker.port());
    for (String password : List.of("guest", "", broker.password() + "0")) {
      stranger.setPassword(password);
      assertThatThrownBy(stranger::newConnection).isInstanceOf(IOException.class);
    }
  }

  @Test
  void bindingsLeadThroughExchangesByTheirWords() throws Exception {
    channel.exchangeDeclare("first", "topic", true);
    channel.exchangeDeclare("second", "fanout", true);
    channel.exchangeBind("second", "first", "task.*.done");
    channel.queueDeclare("kept", true, false, false, Map.of());
    channel.queueBind("kept", "second", "");
    channel.queueBind("kept", "first", "all.#");
    send("first", "task.a.done", "one");
    send("first", "task.a.b.done", "not bound");
    send("first", "all", "two");
    send("first", "all.of.it", "three");
    assertThat(get()).isEqualTo("one");
    assertThat(get()).isEqualTo("two");
    assertThat(get()).isEqualTo("three");
    assertThat(channel.basicGet("kept", true)).isNull();
  }

  @Test
  void aStreamIsReadAgainByEachWhoComesAndAQueueOnce() throws Exception {
    channel.queueDeclare("stream", true, false, false, Map.of("x-queue-type", "stream"));
    send("", "stream", "old");
    consume("stream", Map.of("x-stream-offset", "first"));
    consume("stream", Map.of("x-stream-offset", "first"));
    assertThat(next()).isEqualTo("old");
    assertThat(next()).isEqualTo("old");
    consume("stream", Map.of("x-stream-offset", "next"));
    assertThat(channel.queueDeclarePassive("stream").getMessageCount()).isEqualTo(1);
    send("", "stream", "new");
    for (int reader = 0; reader < 3; reader++) {
      assertThat(next()).isEqualTo("new");
    }
  }

  private void consume(String queue, Map<String, Object> arguments) throws Exception {
    channel.basicConsume(
        queue,
        false,
        arguments,
        (tag, delivery) -> heard.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
        tag -> {});
  }

  private void send(String exchange, String key, String text) throws Exception {
    channel.basicPublish(
        exchange,
        key,
        new AMQP.BasicProperties.Builder().type("test").build(),
        text.getBytes(StandardCharsets.UTF_8));
  }

  private String next() throws InterruptedException {
    return String.valueOf(heard.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
  }

  private String get() throws Exception {
    GetResponse response = channel.basicGet("kept", true);
    return response == null ? "nothing" : new String(response.getBody(), StandardCharsets.UTF_8);
  }
}
