package dev.warren.engine.startup;

import com.rabbitmq.client.impl.AMQContentHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Exchanges and queues of a {@link PracticeBroker}, in memory. Safe for concurrent use. */
final class PracticeQueues {
  /** A message as it was published. */
  record Message(String exchange, String key, AMQContentHeader header, ByteBuffer body) {}

  /** Where a consumer's messages go; called under the lock of all queues, and must not block. */
  interface Consumer {
    void deliver(Message message);
  }

  private record Binding(String exchange, Pattern key, String target, boolean toExchange) {}

  /** A stream keeps its messages for whoever comes; a queue gives each away once. */
  private static final class Queue {
    final boolean isStream;
    final List<Message> messages = new ArrayList<>();
    final Map<Object, Consumer> consumers = new LinkedHashMap<>();

    Queue(boolean isStream) {
      this.isStream = isStream;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final Map<String, Queue> queues = new HashMap<>();
  private final Set<String> fanouts = new HashSet<>();
  private final Set<Binding> bindings = new LinkedHashSet<>();

  void declareExchange(String name, String type) {
    lock.lock();
    try {
      if (type.equals("fanout")) {
        fanouts.add(name);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Declares it unless it is there; returns how many messages wait. */
  int declareQueue(String name, boolean isStream) {
    lock.lock();
    try {
      return queues.computeIfAbsent(name, unused -> new Queue(isStream)).messages.size();
    } finally {
      lock.unlock();
    }
  }

  void deleteQueue(String name) {
    lock.lock();
    try {
      queues.remove(name);
      bindings.removeIf(binding -> !binding.toExchange && binding.target.equals(name));
    } finally {
      lock.unlock();
    }
  }

  void bind(String exchange, String key, String target, boolean toExchange) {
    lock.lock();
    try {
      Pattern keys = fanouts.contains(exchange) ? Pattern.compile(".*") : matching(key);
      bindings.removeIf(
          known ->
              known.exchange.equals(exchange)
                  && known.target.equals(target)
                  && known.key.pattern().equals(keys.pattern()));
      bindings.add(new Binding(exchange, keys, target, toExchange));
    } finally {
      lock.unlock();
    }
  }

  /** A key of a topic exchange: {@code *} is a word, {@code #} any number of them. */
  private static Pattern matching(String key) {
    StringBuilder pattern = new StringBuilder();
    for (String word : key.split("\\.", -1)) {
      switch (word) {
        case "#" -> pattern.append("(\\.[^.]*)*");
        case "*" -> pattern.append("\\.[^.]*");
        default -> pattern.append("\\.").append(Pattern.quote(word));
      }
    }
    return Pattern.compile(pattern.toString());
  }

  void publish(Message message) {
    lock.lock();
    try {
      for (String name : routed(message)) {
        Queue queue = queues.get(name);
        if (queue == null) {
          continue;
        }
        if (queue.isStream || queue.consumers.isEmpty()) {
          queue.messages.add(message);
        }
        for (Consumer consumer : queue.consumers.values()) {
          consumer.deliver(message);
          if (!queue.isStream) {
            break;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Set<String> routed(Message message) {
    if (message.exchange.isEmpty()) {
      return Set.of(message.key);
    }
    Set<String> found = new LinkedHashSet<>();
    Set<String> seen = new HashSet<>(Set.of(message.exchange));
    List<String> open = new ArrayList<>(seen);
    while (!open.isEmpty()) {
      String exchange = open.removeLast();
      for (Binding binding : bindings) {
        if (binding.exchange.equals(exchange) && binding.key.matcher("." + message.key).matches()) {
          if (!binding.toExchange) {
            found.add(binding.target);
          } else if (seen.add(binding.target)) {
            open.add(binding.target);
          }
        }
      }
    }
    return found;
  }

  /**
   * Adds a consumer, which gets at once what waits; of a stream, unless it wants only what comes.
   *
   * @param key by which {@link #cancel} knows it
   */
  void consume(String name, Object key, boolean onlyNew, Consumer consumer) {
    lock.lock();
    try {
      Queue queue = queues.computeIfAbsent(name, unused -> new Queue(false));
      if (!queue.isStream || !onlyNew) {
        queue.messages.forEach(consumer::deliver);
      }
      if (!queue.isStream) {
        queue.messages.clear();
      }
      queue.consumers.put(key, consumer);
    } finally {
      lock.unlock();
    }
  }

  void cancel(Object key) {
    lock.lock();
    try {
      queues.values().forEach(queue -> queue.consumers.remove(key));
    } finally {
      lock.unlock();
    }
  }

  /** Takes the first message of a queue. */
  @Nullable Message get(String name) {
    lock.lock();
    try {
      Queue queue = queues.get(name);
      return queue == null || queue.messages.isEmpty() ? null : queue.messages.removeFirst();
    } finally {
      lock.unlock();
    }
  }
}
