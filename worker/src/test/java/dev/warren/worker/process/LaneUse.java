package dev.warren.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.Json;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process lane with one child, and attempts in it, without a broker. */
final class LaneUse implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final List<String> TYPES =
      Stream.of(
              "pid",
              "same",
              "halt",
              "exit",
              "memory",
              "spin",
              "stubborn",
              "heeds",
              "talks",
              "fails",
              "large",
              "setting")
          .map("odd."::concat)
          .toList();

  private final ProcessLane lane;
  private final Map<String, Registration<Json, Json>> byType;
  private SeenContext context = new SeenContext();

  private LaneUse(ProcessLane lane, List<Registration<?, ?>> inJvm) {
    this.lane = lane;
    this.byType =
        lane.start(inJvm).stream()
            .collect(Collectors.toMap(one -> one.type().name(), LaneUse::passedOn));
  }

  static LaneUse ofJar(Path jar, int tasks) {
    return new LaneUse(
        lane(tasks, List.of(jar)), TYPES.stream().<Registration<?, ?>>map(LaneUse::inJvm).toList());
  }

  static LaneUse ofCommand(String command) {
    return new LaneUse(lane(1_000, List.of(), command), List.of());
  }

  private static ProcessLane lane(int tasks, List<Path> jars, String... commands) {
    return new ProcessLane(
        new ProcessSettings(
            1,
            64L << 20,
            Duration.ofMillis(300),
            tasks,
            ProcessSettings.DEFAULT_MEMORY,
            List.of(commands)),
        jars,
        Map.of("greeting", "hi"));
  }

  private static Registration<Object, Object> inJvm(String name) {
    return Registration.blocking(
        TaskType.of(name, Object.class, Object.class),
        Lane.PROCESS,
        (arguments, _) -> Verdict.done(arguments));
  }

  @SuppressWarnings("unchecked")
  private static Registration<Json, Json> passedOn(Registration<?, ?> registration) {
    assertThat(registration.type().argumentType()).isEqualTo(Json.class);
    return (Registration<Json, Json>) registration;
  }

  record Running(Thread thread, CompletableFuture<Verdict<Json>> answer) {
    Verdict<Json> verdict() throws Exception {
      return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  Optional<String> trouble() {
    return lane.trouble();
  }

  SeenContext context() {
    return context;
  }

  List<String> said() {
    return context.said;
  }

  TaskType<Json, Json> type(String name) {
    return registration(name).type();
  }

  private Registration<Json, Json> registration(String name) {
    return Optional.ofNullable(byType.get(name)).orElseThrow(() -> new AssertionError(name));
  }

  Running start(String type, String arguments) {
    context = new SeenContext();
    Registration<Json, Json> registration = registration(type);
    CompletableFuture<Verdict<Json>> answer = new CompletableFuture<>();
    SeenContext seen = context;
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    registration.body().run(new Json(arguments), seen, new Completing(answer));
                  } catch (Exception failed) {
                    answer.completeExceptionally(failed);
                  }
                });
    return new Running(thread, answer);
  }

  Verdict<Json> run(String type, String arguments) throws Exception {
    return start(type, arguments).verdict();
  }

  String done(String type, String arguments) throws Exception {
    Verdict<Json> verdict = run(type, arguments);
    assertThat(verdict).isInstanceOf(Verdict.Done.class);
    return ((Verdict.Done<Json>) verdict).result().text();
  }

  static String failure(Verdict<Json> verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Retry.class);
    return ((Verdict.Retry<Json>) verdict).failure().toString();
  }

  @Override
  public void close() {
    lane.close();
  }

  private record Completing(CompletableFuture<Verdict<Json>> answer)
      implements Registration.Answer<Json> {
    @Override
    public void accept(Verdict<Json> verdict) {
      answer.complete(verdict);
    }

    @Override
    public void failed(Throwable error) {
      answer.completeExceptionally(error);
    }
  }
}
