package dev.warren.producer.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.AwaitTimeoutException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a gateway's HTTP API: what became of tasks and batches. Safe for concurrent use; every call
 * blocks, at most for the deadline of the settings beyond what it was asked to wait.
 *
 * <p>All calls throw {@link dev.warren.api.GatewayRequiredException} if no gateway answers, {@link
 * dev.warren.api.AccessDeniedException} if it wants another token, and {@link
 * GatewayRefusedException} if it refuses.
 */
public final class GatewayClient implements AutoCloseable {
  /** The longest wait in one request; longer ones are made of several. */
  private static final Duration LONGEST_POLL = Duration.ofSeconds(30);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);

  /** Between polls that were answered at once, as by a gateway that stops; shorter at first. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Requests requests;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Connects with the first request. */
  public GatewayClient(GatewaySettings settings) {
    this.requests = new Requests(settings);
  }

  /** Where the gateway is. */
  public URI uri() {
    return requests.settings().uri();
  }

  /**
   * What is known of a task; empty if the gateway has heard nothing of it, as of one that was
   * submitted elsewhere and has not ended.
   */
  public Optional<TaskStatus> task(TaskId id) {
    return task(id, Duration.ZERO);
  }

  /**
   * Waits for the end of a task, at most the limit, and answers what is known then. A gateway that
   * goes away meanwhile is waited for, a minute long.
   */
  public Optional<TaskStatus> awaitTask(TaskId id, Duration limit) {
    long began = System.nanoTime();
    long deadline = began + limit.toNanos();
    Patience patience = new Patience();
    while (true) {
      long asked = System.nanoTime();
      Optional<TaskStatus> status =
          patience.ask(() -> task(id, shorter(left(deadline))), left(deadline));
      boolean ended = status.map(known -> known.state().ended()).orElse(false);
      if (ended || left(deadline).isZero()) {
        return status;
      }
      pause(began, asked);
    }
  }

  private Optional<TaskStatus> task(TaskId id, Duration wait) {
    return found("unknown-task", () -> requests.get("/v1/tasks/" + id + waiting(wait), wait))
        .map(TaskStatus::read);
  }

  /** Asks the gateway to cancel a task. */
  public void cancelTask(TaskId id) {
    requests.post("/v1/tasks/" + id + "/cancel", JsonText.EMPTY_OBJECT);
  }

  /** The latest batches, newest first. */
  public List<BatchStatus> batches(int limit) {
    JsonNode answer = requests.get("/v1/batches?limit=" + limit, Duration.ZERO);
    List<BatchStatus> batches = new ArrayList<>();
    answer.path("batches").forEach(each -> batches.add(BatchStatus.read(each)));
    return batches;
  }

  /** How far a batch is; empty if the gateway has heard nothing of it. */
  public Optional<BatchStatus> batch(String id) {
    return batch(id, Duration.ZERO);
  }

  /**
   * Waits until a batch is completed or abandoned.
   *
   * @throws AwaitTimeoutException if the limit passes first; the batch goes on
   */
  public BatchStatus awaitBatch(String id, Duration limit) {
    long began = System.nanoTime();
    long deadline = began + limit.toNanos();
    Patience patience = new Patience();
    while (true) {
      long asked = System.nanoTime();
      Optional<BatchStatus> status =
          patience.ask(() -> batch(id, shorter(left(deadline))), left(deadline));
      if (status.isPresent() && status.get().state().ended()) {
        return status.get();
      }
      if (left(deadline).isZero()) {
        throw new AwaitTimeoutException(
            "batch "
                + id
                + status
                    .map(known -> " is not complete: " + known.ended() + " members have ended")
                    .orElse(" is not known to the gateway yet")
                + "; it goes on");
      }
      pause(began, asked);
    }
  }

  /** A gateway that has answered may be away for a while: it is restarted, and knows all then. */
  private static final class Patience {
    private boolean answered;
    private long awaySince;

    /** Empty if the gateway is away now and may come back. */
    <T> Optional<T> ask(Supplier<Optional<T>> question, Duration left) {
      try {
        Optional<T> answer = question.get();
        answered = true;
        awaySince = 0;
        return answer;
      } catch (GatewayRequiredException away) {
        long now = System.nanoTime();
        awaySince = awaySince == 0 ? now : awaySince;
        if (!answered || left.isZero() || now - awaySince > Feed.PATIENCE.toNanos()) {
          throw away;
        }
        return Optional.empty();
      }
    }
  }

  /** As long as it has been waited already: what is not known yet may be known very soon. */
  private void pause(long began, long asked) {
    long now = System.nanoTime();
    if (now - asked > PAUSE.toNanos()) {
      return;
    }
    long nanos = Math.clamp(now - began, SHORTEST_PAUSE.toNanos(), PAUSE.toNanos());
    try {
      boolean over = closed.await(nanos, TimeUnit.NANOSECONDS);
      if (over) {
        throw new IllegalStateException("this client of the gateway is closed");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AwaitTimeoutException("interrupted while waiting for the gateway", interrupted);
    }
  }

  private Optional<BatchStatus> batch(String id, Duration wait) {
    return found("unknown-batch", () -> requests.get(path(id) + waiting(wait), wait))
        .map(BatchStatus::read);
  }

  /** Tells the gateway that a batch has all its members; returns how it stands. */
  public BatchStatus closeBatch(String id, long members) {
    return BatchStatus.read(
        requests.post(
            path(id) + "/close", JsonCodec.write(Map.of("members", members), "the members")));
  }

  /** Tells the gateway that a batch is cancelled. */
  public void cancelBatch(String id) {
    requests.post(path(id) + "/cancel", JsonText.EMPTY_OBJECT);
  }

  /**
   * The ended members of a batch, in the order in which they were recorded.
   *
   * @param after the sequence after which to begin; 0 for all
   * @param follow whether to go on until the batch is completed or abandoned
   */
  public Feed<TaskStatus> results(String id, long after, boolean follow) {
    return new Feed<>(
        requests,
        position -> path(id) + "/results?after=" + position + "&follow=" + follow,
        (lines, position) ->
            () -> {
              String line = lines.readLine();
              while (line != null && line.isBlank()) {
                line = lines.readLine();
              }
              if (line == null) {
                return null;
              }
              TaskStatus task =
                  TaskStatus.read(
                      JsonParts.tree(JsonText.of(line), TaskStatus.KEPT, "a result of the batch"));
              position.accept(Long.toString(task.sequence()));
              return task;
            },
        Long.toString(after),
        () -> !follow || batch(id).map(batch -> batch.state().ended()).orElse(true));
  }

  /**
   * Ended tasks of the whole fleet.
   *
   * @param last so many that ended before come first
   * @param follow whether to go on with those that end from now on
   */
  public Feed<ServerEvent> events(EventFilter filter, int last, boolean follow) {
    StringJoiner query = new StringJoiner("&");
    add(query, "type", filter.type());
    add(query, "queue", filter.queue());
    add(query, "state", filter.state() == null ? null : filter.state().word());
    query.add("follow=" + follow);
    return new Feed<>(
        requests,
        new Feed.Place() {
          @Override
          public String path(String after) {
            // After a loss the id says where to go on; what came before was told.
            return "/v1/events?" + query + "&last=" + (after.isEmpty() ? last : 0);
          }

          @Override
          public Map<String, String> headers(String after) {
            return after.isEmpty() ? Map.of() : Map.of("Last-Event-ID", after);
          }
        },
        (lines, position) -> new EventReader(lines, position)::next,
        "",
        () -> !follow);
  }

  private static Optional<JsonNode> found(String unknown, Supplier<JsonNode> request) {
    try {
      return Optional.of(request.get());
    } catch (GatewayRefusedException refused) {
      if (refused.problem().equals(unknown)) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private static void add(StringJoiner query, String name, @Nullable String value) {
    if (value != null) {
      query.add(name + "=" + encoded(value));
    }
  }

  private static String path(String batch) {
    return "/v1/batches/" + encoded(batch);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String waiting(Duration wait) {
    return wait.isZero() ? "" : "?wait=" + Math.max(1, wait.toSeconds());
  }

  private static Duration shorter(Duration left) {
    return left.compareTo(LONGEST_POLL) < 0 ? left : LONGEST_POLL;
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  @Override
  public void close() {
    closed.countDown();
    requests.close();
  }
}
