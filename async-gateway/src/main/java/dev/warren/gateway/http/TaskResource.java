package dev.warren.gateway.http;

import dev.warren.api.TaskId;
import dev.warren.gateway.aggregate.Results;
import dev.warren.gateway.aggregate.TaskRecord;
import dev.warren.gateway.aggregate.TaskState;
import dev.warren.producer.RawHandle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Single tasks: submitting, looking, waiting. */
final class TaskResource implements Resource {
  static final String TASKS = "/v1/tasks";
  static final String TASK = "/v1/tasks/{id}";
  private static final int LONGEST_KEY = 200;

  private final Results results;
  private final Submissions submissions;
  private final Waits waits;
  private final HttpLimits limits;
  private final Clock clock = Clock.systemUTC();

  TaskResource(Results results, Submissions submissions, Waits waits, HttpLimits limits) {
    this.results = results;
    this.submissions = submissions;
    this.waits = waits;
    this.limits = limits;
  }

  @Override
  public List<Operation> operations() {
    return List.of(Operation.post(TASKS, this::submit), Operation.get(TASK, this::show));
  }

  private void submit(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    Optional<Duration> wait = Preference.header(exchange, limits.longestWait());
    wait.ifPresent(applied -> Preference.applied(exchange, applied));
    Bodies.json(request, limits.bodyBytes())
        .map(body -> named(TaskRequest.read(body, clock), request))
        .compose(task -> once(Loops.here(), task))
        .compose(
            accepted ->
                waits
                    .until(exchange, ended(accepted.id()), wait.orElse(Duration.ZERO))
                    .onSuccess(found -> answer(exchange, accepted, found)))
        .onFailure(exchange::fail);
  }

  /** What is known of an accepted task at once. */
  private record Accepted(TaskId id, String queue, TaskState state) {}

  /** Submits, unless the caller named the task and it is known already. */
  private Future<Accepted> once(Context context, TaskRequest task) {
    Optional<TaskId> chosen = task.options().chosenId();
    if (chosen.isEmpty()) {
      return accepted(context, task);
    }
    return Future.fromCompletionStage(results.task(chosen.get()), context)
        .compose(
            known ->
                known.isPresent()
                    ? Future.succeededFuture(repeated(task, known.get()))
                    : accepted(context, task));
  }

  private static Accepted repeated(TaskRequest task, TaskRecord known) {
    if (!known.type().equals(task.type())) {
      throw Problem.of(
              "id-in-use",
              409,
              "The id belongs to another task",
              "task "
                  + known.id()
                  + " is of type '"
                  + known.type()
                  + "' and cannot be submitted as '"
                  + task.type()
                  + "': choose another id or Idempotency-Key")
          .with("id", known.id().toString())
          .thrown();
    }
    return new Accepted(known.id(), known.queue(), known.state());
  }

  private Future<Accepted> accepted(Context context, TaskRequest task) {
    TaskId id = task.options().chosenId().orElseGet(TaskId::next);
    boolean delayed =
        task.options().notBefore() != null && task.options().notBefore().isAfter(clock.instant());
    TaskState state = delayed ? TaskState.DELAYED : TaskState.SUBMITTED;
    return submissions
        .submit(context, task.withId(id).raw())
        .map((RawHandle handle) -> new Accepted(id, handle.queue(), state))
        .recover(
            failure ->
                Future.failedFuture(Problems.of(failure).with("id", id.toString()).thrown()));
  }

  private void answer(RoutingContext exchange, Accepted accepted, Optional<TaskRecord> found) {
    if (found.isPresent() && found.get().state().ended()) {
      Answers.json(exchange, 200, Documents.task(found.get()));
      return;
    }
    exchange.response().putHeader(HttpHeaders.LOCATION, TASKS + "/" + accepted.id());
    TaskState state = found.map(TaskRecord::state).orElse(accepted.state());
    Answers.json(exchange, 202, Documents.accepted(accepted.id(), accepted.queue(), state.text()));
  }

  private void show(RoutingContext exchange) {
    TaskId id = id(exchange);
    waits
        .until(exchange, ended(id), Preference.query(exchange, limits.longestWait()))
        .onSuccess(
            found -> {
              if (found.isEmpty()) {
                exchange.fail(Problems.unknownTask(id.toString()).thrown());
              } else {
                Answers.json(exchange, 200, Documents.task(found.get()));
              }
            })
        .onFailure(exchange::fail);
  }

  private Waits.Watched<TaskRecord> ended(TaskId id) {
    return new Waits.Watched<>(
        () -> results.task(id),
        changed -> results.watchTask(id, changed),
        task -> task.state().ended());
  }

  static TaskId id(RoutingContext exchange) {
    return TaskId.of(Objects.requireNonNullElse(exchange.pathParam("id"), ""));
  }

  /** A key that the caller chose for this submission names the task. */
  private static TaskRequest named(TaskRequest task, HttpServerRequest request) {
    String key = request.getHeader("Idempotency-Key");
    if (key == null) {
      return task;
    }
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw Problems.invalid("an Idempotency-Key has 1 to " + LONGEST_KEY + " characters").thrown();
    }
    if (task.options().chosenId().isPresent()) {
      throw Problems.invalid("'id' and Idempotency-Key both name the task: give one of them")
          .thrown();
    }
    return task.withId(DerivedIds.ofKey(key));
  }
}
