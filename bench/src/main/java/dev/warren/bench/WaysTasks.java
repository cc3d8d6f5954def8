package dev.warren.bench;

import dev.warren.api.Lane;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Work of each kind, for one lane: what the Python program does, in Java. */
final class WaysTasks implements TaskProvider {
  record Limit(int below) {}

  record Pause(long millis) {}

  record Page(URI url) {}

  record Answer(long value) {}

  private final Lane lane;
  private final String queue;
  private final HttpClient http = HttpClient.newHttpClient();

  WaysTasks(Lane lane, String queue) {
    this.lane = lane;
    this.queue = queue;
  }

  static TaskType<Limit, Answer> cpu(String queue) {
    return TaskType.of("ways.cpu", Limit.class, Answer.class).with(it -> it.withQueue(queue));
  }

  static TaskType<Pause, Answer> blocking(String queue) {
    return TaskType.of("ways.blocking", Pause.class, Answer.class).with(it -> it.withQueue(queue));
  }

  static TaskType<Page, Answer> network(String queue) {
    return TaskType.of("ways.network", Page.class, Answer.class).with(it -> it.withQueue(queue));
  }

  @Override
  public void register(TaskRegistry registry) {
    registry.register(cpu(queue), lane, (limit, context) -> new Answer(primes(limit.below())));
    registry.register(
        blocking(queue),
        lane,
        (pause, context) -> {
          // A latch that nobody opens: blocks as a call to a slow service would.
          boolean opened = new CountDownLatch(1).await(pause.millis(), TimeUnit.MILLISECONDS);
          return new Answer(opened ? 0 : pause.millis());
        });
    registry.register(network(queue), lane, (page, context) -> new Answer(fetch(page.url())));
  }

  private static long primes(int below) {
    return IntStream.range(2, below)
        .filter(n -> IntStream.rangeClosed(2, (int) Math.sqrt(n)).noneMatch(d -> n % d == 0))
        .count();
  }

  private long fetch(URI page) throws InterruptedException {
    try {
      return http.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofByteArray())
          .body()
          .length;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
