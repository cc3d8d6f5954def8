package dev.warren.gateway.http;

import dev.warren.gateway.aggregate.BatchRecord;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.TaskRecord;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** The results of a batch, one line each, in the order in which they were recorded. */
final class ResultResource implements Resource {
  private final ResultStore store;
  private final Traffic traffic;
  private final HttpLimits limits;

  ResultResource(ResultStore store, Traffic traffic, HttpLimits limits) {
    this.store = store;
    this.traffic = traffic;
    this.limits = limits;
  }

  @Override
  public List<Operation> operations() {
    return List.of(Operation.get(BatchResource.BATCH + "/results", this::results));
  }

  private void results(RoutingContext exchange) {
    String id = BatchResource.id(exchange);
    long after = Numbers.query(exchange, "after", 0, Long.MAX_VALUE);
    long limit = Numbers.query(exchange, "limit", Long.MAX_VALUE, Long.MAX_VALUE);
    boolean follow = flag(exchange, "follow");
    Lines lines = new Lines(id, after, limit, follow);
    Loops.then(
        exchange,
        Loops.back(lines.context, store.batch(id)),
        found -> {
          if (found.isEmpty()) {
            throw Problems.unknownBatch(id).thrown();
          }
          exchange.response().putHeader(HttpHeaders.CONTENT_TYPE, Answers.NDJSON);
          Pump.start(
              exchange,
              traffic,
              limits,
              changed -> follow ? store.watchBatch(id, changed) : () -> {},
              lines::next);
        });
  }

  static boolean flag(RoutingContext exchange, String name) {
    String text = exchange.request().getParam(name);
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.isEmpty() || text.equals("true")) {
      return true;
    }
    throw Problems.invalid("'" + name + "' is true or false, not '" + text + "'").thrown();
  }

  /** Where one reader is. */
  private final class Lines {
    private final Context context = Loops.here();
    private final PageSize size = new PageSize();
    private final String batch;
    private final boolean follow;
    private long after;
    private long left;

    Lines(String batch, long after, long limit, boolean follow) {
      this.batch = batch;
      this.after = after;
      this.left = limit;
      this.follow = follow;
    }

    /** The batch is read first: what has ended by its completion is there when the page is read. */
    Future<Pump.Page> next() {
      return Loops.back(context, store.batch(batch)).compose(this::page);
    }

    private Future<Pump.Page> page(Optional<BatchRecord> known) {
      int wanted = (int) Math.min(left, size.records());
      if (wanted == 0) {
        return Future.succeededFuture(Pump.Page.of(Buffer.buffer(), Pump.Then.END));
      }
      return Loops.back(context, store.members(batch, after, wanted))
          .map(found -> page(known, found, wanted));
    }

    private Pump.Page page(Optional<BatchRecord> known, List<TaskRecord> found, int wanted) {
      Buffer bytes = Buffer.buffer();
      for (TaskRecord task : found) {
        bytes.appendBytes(Documents.task(task)).appendByte((byte) '\n');
        after = task.sequence();
      }
      left -= found.size();
      size.seen(found.size(), bytes.length());
      if (left == 0) {
        return Pump.Page.of(bytes, Pump.Then.END);
      }
      if (found.size() == wanted) {
        return Pump.Page.of(bytes, Pump.Then.MORE);
      }
      boolean over = known.isEmpty() || BatchResource.isOver(known.get().state());
      return Pump.Page.of(bytes, follow && !over ? Pump.Then.WAIT : Pump.Then.END);
    }
  }
}
