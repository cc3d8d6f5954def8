package dev.warren.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Outcome.Status;
import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.bench.BenchException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.producer.gateway.EventFilter;
import dev.warren.producer.gateway.Feed;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.ServerEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the gateway has recorded, through its HTTP API: followed while it happens, and all of it at
 * the end. One thread follows, {@code warren-chaos-records}. Safe for concurrent use.
 */
final class RecordBook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecordBook.class);
  private static final Duration TRY_AGAIN = Duration.ofMillis(500);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

  /**
   * A recorded end.
   *
   * @param sequence grows with each recorded change: another one means that it was recorded again
   */
  record Recorded(Status status, long sequence) {}

  private final GatewayClient gateway;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpClient http = HttpClient.newHttpClient();

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final Map<OutcomeBook.Key, Set<Recorded>> seen = new HashMap<>();

  RecordBook(GatewayClient gateway) {
    this.gateway = gateway;
    this.thread = Thread.ofPlatform().name("warren-chaos-records").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean has(OutcomeBook.Key key) {
    lock.lock();
    try {
      return seen.containsKey(key);
    } finally {
      lock.unlock();
    }
  }

  /** Each end as often as it was recorded: more than once is one too often. */
  Map<OutcomeBook.Key, Set<Recorded>> all() {
    lock.lock();
    try {
      Map<OutcomeBook.Key, Set<Recorded>> copy = new HashMap<>();
      seen.forEach((key, recorded) -> copy.put(key, Set.copyOf(recorded)));
      return copy;
    } finally {
      lock.unlock();
    }
  }

  /** Reads all that the store has now: also what was recorded while nobody followed. */
  void readAll() {
    URI uri = gateway.uri().resolve("/v1/events?follow=false");
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Last-Event-ID", "0").timeout(ANSWER_LIMIT).build();
    try {
      HttpResponse<Stream<String>> answer = http.send(request, BodyHandlers.ofLines());
      if (answer.statusCode() != 200) {
        throw new BenchException("the gateway does not tell what it has: " + answer.statusCode());
      }
      try (Stream<String> lines = answer.body()) {
        for (String line : (Iterable<String>) lines::iterator) {
          if (line.startsWith("data:")) {
            add(JsonCodec.json().readTree(line.substring("data:".length())));
          }
        }
      }
    } catch (IOException failed) {
      throw new BenchException("the gateway does not tell what it has: " + failed, failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", interrupted);
    }
  }

  private void run() {
    boolean over = false;
    while (!over) {
      try (Feed<ServerEvent> feed = gateway.events(EventFilter.ALL, 0, true)) {
        Thread closer =
            Thread.ofVirtual().name("warren-chaos-records-end").start(() -> closeAtEnd(feed));
        for (Optional<ServerEvent> next = feed.next(); next.isPresent(); next = feed.next()) {
          add(next.get().data());
        }
        closer.interrupt();
      } catch (WarrenException away) {
        LOG.debug("the gateway cannot be followed now: {}", away.getMessage());
      }
      try {
        over = closing.await(TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        over = true;
      }
    }
  }

  private void closeAtEnd(Feed<ServerEvent> feed) {
    try {
      closing.await();
      feed.close();
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(JsonNode task) {
    String state = task.path("state").asText().toUpperCase(Locale.ROOT);
    OutcomeBook.Key key =
        new OutcomeBook.Key(TaskId.of(task.path("id").asText()), task.path("generation").asInt(1));
    lock.lock();
    try {
      for (Status status : Status.values()) {
        if (status.name().equals(state)) {
          seen.computeIfAbsent(key, none -> new HashSet<>())
              .add(new Recorded(status, task.path("sequence").asLong()));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
