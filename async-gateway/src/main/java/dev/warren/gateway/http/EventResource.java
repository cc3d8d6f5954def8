package dev.warren.gateway.http;

import dev.warren.api.TaskId;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.TaskRecord;
import dev.warren.gateway.aggregate.TaskState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Server-sent events: of one task, of a batch, and of all that ends in the fleet. */
final class EventResource implements Resource {
  /** So many recorded changes may be asked for that came before. */
  private static final long MOST_BEFORE = 1_000;

  private final ResultStore store;
  private final Traffic traffic;
  private final HttpLimits limits;

  EventResource(ResultStore store, Traffic traffic, HttpLimits limits) {
    this.store = store;
    this.traffic = traffic;
    this.limits = limits;
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        Operation.get(TaskResource.TASK + "/events", this::ofTask),
        Operation.get(BatchResource.BATCH + "/events", this::ofBatch),
        Operation.get("/v1/events", this::ofAll));
  }

  private void ofTask(RoutingContext exchange) {
    TaskId id = TaskResource.id(exchange);
    OfTask source = new OfTask(id, ServerSentEvents.lastId(exchange));
    Loops.then(
        exchange,
        Loops.back(source.context, store.task(id)),
        found -> {
          if (found.isEmpty()) {
            throw Problems.unknownTask(id.toString()).thrown();
          }
          if (found.get().state().ended() && found.get().sequence() <= source.last) {
            ServerSentEvents.nothingMore(exchange);
            return;
          }
          start(exchange);
          Pump.start(
              exchange, traffic, limits, changed -> store.watchTask(id, changed), source::next);
        });
  }

  private void ofBatch(RoutingContext exchange) {
    String id = BatchResource.id(exchange);
    Optional<Long> last = ServerSentEvents.lastId(exchange);
    BatchEvents source = new BatchEvents(store, id, last.orElse(0L));
    Loops.then(
        exchange,
        Loops.back(Loops.here(), store.batch(id)),
        found -> {
          if (found.isEmpty()) {
            throw Problems.unknownBatch(id).thrown();
          }
          if (last.isPresent()
              && BatchResource.isOver(found.get().state())
              && found.get().sequence() <= last.get()) {
            ServerSentEvents.nothingMore(exchange);
            return;
          }
          start(exchange);
          Pump.start(
              exchange, traffic, limits, changed -> store.watchBatch(id, changed), source::next);
        });
  }

  private void ofAll(RoutingContext exchange) {
    Predicate<TaskRecord> wanted = wanted(exchange);
    Optional<Long> last = ServerSentEvents.lastId(exchange);
    long before = Numbers.query(exchange, "last", 0, MOST_BEFORE);
    boolean follow = !"false".equals(exchange.request().getParam("follow"));
    Context context = Loops.here();
    Loops.then(
        exchange,
        last.isPresent()
            ? Future.succeededFuture(last.get())
            : Loops.back(context, store.lastSequence()).map(now -> Math.max(0, now - before)),
        after -> {
          start(exchange);
          OfAll source = new OfAll(context, wanted, after, follow);
          Pump.start(exchange, traffic, limits, store::watchAll, source::next);
        });
  }

  private static void start(RoutingContext exchange) {
    exchange.response().putHeader(HttpHeaders.CONTENT_TYPE, Answers.EVENTS);
  }

  private static Predicate<TaskRecord> wanted(RoutingContext exchange) {
    String type = exchange.request().getParam("type");
    String queue = exchange.request().getParam("queue");
    String state = exchange.request().getParam("state");
    if (state != null && Arrays.stream(TaskState.values()).noneMatch(isEnd(state))) {
      throw Problems.invalid(
              "'state' is one of "
                  + Arrays.stream(TaskState.values())
                      .filter(TaskState::ended)
                      .map(TaskState::text)
                      .collect(Collectors.joining(", "))
                  + ", not '"
                  + state
                  + "'")
          .thrown();
    }
    return task ->
        (type == null || type.equals(task.type()))
            && (queue == null || queue.equals(task.queue()))
            && (state == null || state.equals(task.state().text()));
  }

  private static Predicate<TaskState> isEnd(String word) {
    return state -> state.ended() && state.text().equals(word);
  }

  /** Each state of a task until its end. */
  private final class OfTask {
    private final Context context = Loops.here();
    private final TaskId id;
    private long last;

    OfTask(TaskId id, Optional<Long> last) {
      this.id = id;
      this.last = last.orElse(-1L);
    }

    Future<Pump.Page> next() {
      return Loops.back(context, store.task(id)).map(this::page);
    }

    private Pump.Page page(Optional<TaskRecord> found) {
      Buffer bytes = Buffer.buffer();
      if (found.isPresent() && found.get().sequence() > last) {
        last = found.get().sequence();
        ServerSentEvents.append(bytes, "task", last, Documents.task(found.get()));
      }
      boolean over = found.isEmpty() || found.get().state().ended();
      return Pump.Page.of(bytes, over ? Pump.Then.END : Pump.Then.WAIT);
    }
  }

  /** Whatever ends, as it is recorded. */
  private final class OfAll {
    private final Context context;
    private final Predicate<TaskRecord> wanted;
    private final PageSize size = new PageSize();
    private final boolean follow;
    private long after;

    OfAll(Context context, Predicate<TaskRecord> wanted, long after, boolean follow) {
      this.follow = follow;
      this.context = context;
      this.wanted = wanted;
      this.after = after;
    }

    Future<Pump.Page> next() {
      int limit = size.records();
      return Loops.back(context, store.tasks(after, limit)).map(found -> page(found, limit));
    }

    private Pump.Page page(List<TaskRecord> found, int limit) {
      Buffer bytes = Buffer.buffer();
      int sent = 0;
      for (TaskRecord task : found) {
        after = task.sequence();
        if (wanted.test(task)) {
          ServerSentEvents.append(bytes, "task", after, Documents.task(task));
          sent++;
        }
      }
      size.seen(sent, bytes.length());
      return Pump.Page.of(
          bytes, found.size() == limit ? Pump.Then.MORE : follow ? Pump.Then.WAIT : Pump.Then.END);
    }
  }
}
