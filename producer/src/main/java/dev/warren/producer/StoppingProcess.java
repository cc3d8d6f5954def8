package dev.warren.producer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.control.StopOrder;
import dev.warren.engine.wire.Pong;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that was told to stop and has answered. Close it when its last word is not waited for
 * any more. For one thread.
 */
public final class StoppingProcess implements AutoCloseable {
  /**
   * What became of a process's work.
   *
   * @param returned deliveries that went back unstarted
   * @param interrupted deliveries that went back although they ran, as the grace was over
   * @param took how long it took to drain
   */
  public record Report(int returned, int interrupted, Duration took) {}

  private final String process;
  private final JsonNode answer;
  private final BlockingQueue<Pong> answers;
  private final Runnable whenClosed;

  StoppingProcess(
      String process, JsonNode answer, BlockingQueue<Pong> answers, Runnable whenClosed) {
    this.process = process;
    this.answer = answer;
    this.answers = answers;
    this.whenClosed = whenClosed;
  }

  /** Its name. */
  public String process() {
    return process;
  }

  /** Why it does not obey, if it does not. */
  public Optional<String> refused() {
    return Optional.ofNullable(answer.get("refused")).map(JsonNode::asText);
  }

  /** What its running tasks get to finish. */
  public Duration grace() {
    return Duration.ofMillis(answer.path("graceMillis").asLong());
  }

  /** Whether a supervisor starts it again when it ends. */
  public boolean supervised() {
    return answer.path("supervised").asBoolean();
  }

  /** Waits until it has drained; nothing if it has not said so within the limit. */
  public Optional<Report> awaitDrained(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      @Nullable Pong pong = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (pong == null) {
        return Optional.empty();
      }
      JsonNode stopped = pong.about().path(StopOrder.STOPPED);
      if (stopped.isObject()) {
        return Optional.of(
            new Report(
                stopped.path("returned").asInt(),
                stopped.path("interrupted").asInt(),
                Duration.ofMillis(stopped.path("tookMillis").asLong())));
      }
    }
  }

  @Override
  public void close() {
    whenClosed.run();
  }
}
