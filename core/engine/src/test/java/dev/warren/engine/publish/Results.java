package dev.warren.engine.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.engine.codec.JsonText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** What became of the messages of a test, with every answer that came. */
final class Results {
  private final Map<String, List<PublishResult>> byId = new ConcurrentHashMap<>();
  private final List<String> order = new CopyOnWriteArrayList<>();

  /** A persistent mandatory message whose body is its id. */
  static Outgoing message(String id, String exchange, String key) {
    return message(id, exchange, key, JsonText.of("\"" + id + "\""));
  }

  static Outgoing message(String id, String exchange, String key, JsonText body) {
    BasicProperties properties =
        new BasicProperties.Builder().messageId(id).deliveryMode(2).build();
    return new Outgoing(exchange, key, properties, body, true);
  }

  void publish(Publisher on, Outgoing message, Duration deadline) {
    publish(message, settled -> on.publish(message, deadline, settled));
  }

  void publish(TwinPublisher on, Outgoing message, Duration deadline) {
    publish(message, settled -> on.publish(message, deadline, settled));
  }

  private void publish(Outgoing message, Consumer<Consumer<PublishResult>> by) {
    String id = message.properties().getMessageId();
    order.add(id);
    List<PublishResult> answers = byId.computeIfAbsent(id, each -> new CopyOnWriteArrayList<>());
    by.accept(answers::add);
  }

  int offered() {
    return order.size();
  }

  /** Waits until every message has an answer; fails if one has two. */
  Results await(Duration limit) {
    Awaitility.await("answers to all messages")
        .atMost(limit)
        .until(() -> byId.values().stream().noneMatch(List::isEmpty));
    return requireOneEach();
  }

  Results requireOneEach() {
    assertThat(byId).allSatisfy((id, answers) -> assertThat(answers).as(id).hasSize(1));
    return this;
  }

  PublishResult of(String id) {
    return byId.getOrDefault(id, List.of()).getFirst();
  }

  List<PublishResult> all() {
    List<PublishResult> all = new ArrayList<>();
    byId.values().forEach(all::addAll);
    return all;
  }

  long count(Class<? extends PublishResult> kind) {
    return all().stream().filter(kind::isInstance).count();
  }
}
