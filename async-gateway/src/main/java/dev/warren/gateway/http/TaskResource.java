package dev.warren.gateway.http;

import dev.warren.api.TaskId;
import dev.warren.engine.wire.Lineage;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.TaskRecord;
import dev.warren.gateway.aggregate.TaskState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Single tasks: submitting, looking, waiting. */
final class TaskResource implements Resource {
  private static final Logger LOG = LoggerFactory.getLogger(TaskResource.class);
  static final String TASKS = "/v1/tasks";
  static final String TASK = "/v1/tasks/{id}";

  private final ResultStore store;
  private final Submissions submissions;
  private final Waits waits;
  private final HttpLimits limits;
  private final Clock clock = Clock.systemUTC();

  TaskResource(ResultStore store, Submissions submissions, Waits waits, HttpLimits limits) {
    this.store = store;
    this.submissions = submissions;
    this.waits = waits;
    this.limits = limits;
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        Operation.post(TASKS, this::submit),
        Operation.get(TASK, this::show),
        Operation.post(TASK + "/cancel", this::cancel));
  }

  private void submit(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    Optional<Duration> wait = Preference.header(exchange, limits.longestWait());
    wait.ifPresent(applied -> Preference.applied(exchange, applied));
    Context context = Loops.here();
    Loops.then(
        exchange,
        Bodies.json(request, limits.bodyBytes())
            .map(body -> named(TaskRequest.read(body, clock), request))
            .compose(task -> once(context, task))
            .compose(accepted -> seen(exchange, accepted, wait)),
        seen -> answer(exchange, seen.accepted(), seen.found()));
  }

  private record Seen(Accepted accepted, Optional<TaskRecord> found) {}

  private Future<Seen> seen(RoutingContext exchange, Accepted accepted, Optional<Duration> wait) {
    if (wait.isEmpty()) {
      return Future.succeededFuture(new Seen(accepted, accepted.known()));
    }
    // It is in: what keeps the caller from waiting must not make it send the task again.
    return Future.succeededFuture(wait.get())
        .compose(limit -> waits.until(exchange, ended(accepted.id()), limit))
        .map(found -> new Seen(accepted, found))
        .otherwise(
            failure -> {
              LOG.debug("nobody waits for task {}: {}", accepted.id(), failure.getMessage());
              return new Seen(accepted, accepted.known());
            });
  }

  /** What is known of an accepted task at once, and of one that was submitted before. */
  private record Accepted(TaskId id, String queue, TaskState state, Optional<TaskRecord> known) {}

  /** Submits, unless the caller named the task and it is known already. */
  private Future<Accepted> once(Context context, TaskRequest task) {
    Optional<TaskId> chosen = task.options().chosenId();
    if (chosen.isEmpty()) {
      return accepted(context, task);
    }
    return Future.fromCompletionStage(store.task(chosen.get()), context)
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
    return new Accepted(known.id(), known.queue(), known.state(), Optional.of(known));
  }

  private Future<Accepted> accepted(Context context, TaskRequest task) {
    TaskId id = task.options().chosenId().orElseGet(TaskId::next);
    Instant now = clock.instant();
    Instant due = task.options().notBefore();
    Instant dueAt = due != null && due.isAfter(now) ? due : null;
    return submissions
        .submit(context, task.withId(id).raw())
        .recover(
            failure -> Future.failedFuture(Problems.of(failure).with("id", id.toString()).thrown()))
        .compose(
            handle ->
                noted(
                    context,
                    new dev.warren.gateway.aggregate.Accepted(
                        id, 1, task.type(), handle.queue(), now, dueAt, Lineage.of(id))));
  }

  /** It is in, whatever the store can do about it now: its end will be recorded. */
  private Future<Accepted> noted(Context context, dev.warren.gateway.aggregate.Accepted task) {
    Accepted accepted =
        new Accepted(
            task.id(),
            task.queue(),
            task.dueAt() == null ? TaskState.SUBMITTED : TaskState.DELAYED,
            Optional.empty());
    return Loops.back(context, store.accepted(task))
        .map(noted -> accepted)
        .otherwise(
            failure -> {
              LOG.warn("task {} is submitted but not noted: {}", task.id(), failure.getMessage());
              return accepted;
            });
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
    Loops.then(
        exchange,
        waits.until(exchange, ended(id), Preference.query(exchange, limits.longestWait())),
        found ->
            Answers.json(
                exchange,
                200,
                Documents.task(
                    found.orElseThrow(() -> Problems.unknownTask(id.toString()).thrown()))));
  }

  /** Tells the workers; a task that was submitted elsewhere is cancelled as well. */
  private void cancel(RoutingContext exchange) {
    TaskId id = id(exchange);
    Context context = Loops.here();
    Loops.then(
        exchange,
        submissions
            .call(context, client -> client.cancelAsync(id))
            .compose(told -> Loops.back(context, store.task(id))),
        found ->
            Answers.json(
                exchange,
                202,
                Documents.accepted(
                    id,
                    found.map(TaskRecord::queue).orElse(""),
                    found.map(task -> task.state().text()).orElse(""))));
  }

  private Waits.Watched<TaskRecord> ended(TaskId id) {
    return new Waits.Watched<>(
        () -> store.task(id),
        changed -> store.watchTask(id, changed),
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
    if (task.options().chosenId().isPresent()) {
      throw Problems.invalid("'id' and Idempotency-Key both name the task: give one of them")
          .thrown();
    }
    return task.withId(DerivedIds.ofKey(key));
  }
}
