package dev.warren.gateway.http;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.BatchClosed;
import dev.warren.engine.wire.BatchOpened;
import dev.warren.gateway.aggregate.BatchRecord;
import dev.warren.gateway.aggregate.BatchState;
import dev.warren.gateway.aggregate.ResultStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Batches: opening, adding members, closing, cancelling, looking. */
final class BatchResource implements Resource {
  static final String BATCHES = "/v1/batches";
  static final String BATCH = "/v1/batches/{id}";
  private static final int DEFAULT_LIST = 20;
  private static final int LONGEST_LIST = 1_000;
  private static final int LONGEST_DESCRIPTION = 500;
  private static final int LONGEST_ID = 200;

  private final ResultStore store;
  private final Submissions submissions;
  private final Waits waits;
  private final Uploads uploads;
  private final HttpLimits limits;
  private final MemberCounts counts;

  BatchResource(
      ResultStore store, Submissions submissions, Waits waits, Uploads uploads, HttpLimits limits) {
    this.store = store;
    this.submissions = submissions;
    this.waits = waits;
    this.uploads = uploads;
    this.limits = limits;
    this.counts = uploads.counts();
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        Operation.post(BATCHES, this::create),
        Operation.get(BATCHES, this::list),
        Operation.get(BATCH, this::show),
        Operation.post(BATCH + "/tasks", this::add),
        Operation.post(BATCH + "/close", this::close),
        Operation.post(BATCH + "/cancel", this::cancel));
  }

  /** What a caller says of a new batch. */
  private record BatchRequest(TaskId id, String description) {
    BatchRequest {
      if (description.length() > LONGEST_DESCRIPTION) {
        throw Problems.invalid("'description' has at most " + LONGEST_DESCRIPTION + " characters")
            .thrown();
      }
    }

    static BatchRequest of(RoutingContext exchange, Optional<String> id, Optional<String> text) {
      String key = exchange.request().getHeader("Idempotency-Key");
      if (key != null && id.isPresent()) {
        throw Problems.invalid("'id' and Idempotency-Key both name the batch: give one of them")
            .thrown();
      }
      TaskId chosen =
          key != null ? DerivedIds.ofBatchKey(key) : id.map(TaskId::of).orElseGet(TaskId::next);
      return new BatchRequest(chosen, text.orElse(""));
    }
  }

  private void create(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    if (Bodies.contentType(request).equals(Answers.NDJSON)) {
      createWhole(exchange);
      return;
    }
    Context context = Loops.here();
    Loops.then(
        exchange,
        Bodies.optionalJson(request, limits.bodyBytes())
            .map(body -> JsonFields.of(body, Set.of("id", "description")))
            .map(
                fields ->
                    BatchRequest.of(
                        exchange,
                        JsonFields.text(fields, "id"),
                        JsonFields.text(fields, "description")))
            .compose(wanted -> open(context, wanted)),
        batch -> created(exchange, batch));
  }

  /**
   * Opens, adds each line, closes. Who sends a batch again that got its end, because the answer did
   * not reach him, gets that answer now.
   */
  private void createWhole(RoutingContext exchange) {
    HttpServerRequest request = exchange.request();
    BatchRequest wanted =
        BatchRequest.of(
            exchange,
            Optional.ofNullable(request.getParam("id")),
            Optional.ofNullable(request.getParam("description")));
    String id = wanted.id().toString();
    Context context = Loops.here();
    request.pause();
    Loops.then(
        exchange,
        open(context, wanted)
            .compose(
                batch -> batch.members() == null ? fill(exchange, id) : unread(request, batch)),
        batch -> created(exchange, batch));
  }

  private Future<BatchRecord> fill(RoutingContext exchange, String id) {
    Context context = Loops.here();
    return uploads
        .receive(exchange, id, OptionalLong.of(0))
        .compose(added -> seal(context, id, added.next()));
  }

  private static Future<BatchRecord> unread(HttpServerRequest request, BatchRecord batch) {
    UnreadBody.discard(request);
    return Future.succeededFuture(batch);
  }

  private static void created(RoutingContext exchange, BatchRecord batch) {
    exchange.response().putHeader(HttpHeaders.LOCATION, BATCHES + "/" + batch.id());
    Answers.json(exchange, 201, Documents.batch(batch));
  }

  /** Opening a batch that is there changes nothing. */
  private Future<BatchRecord> open(Context context, BatchRequest wanted) {
    String id = wanted.id().toString();
    return Loops.back(context, store.batch(id))
        .compose(
            known -> {
              if (known.isPresent()) {
                return Future.succeededFuture(known.get());
              }
              counts.opened(id);
              return submissions
                  .block(context, client -> client.openBatch(id, wanted.description()))
                  .compose(
                      opened ->
                          Loops.back(
                              context,
                              store.note(
                                  new BatchOpened(id, wanted.description(), Instant.now(), null))))
                  .compose(noted -> existing(context, id));
            });
  }

  private void list(RoutingContext exchange) {
    int limit = (int) Numbers.query(exchange, "limit", DEFAULT_LIST, LONGEST_LIST);
    Loops.then(
        exchange,
        Loops.back(Loops.here(), store.batches(limit)),
        batches -> Answers.json(exchange, 200, Documents.batches(batches)));
  }

  private void show(RoutingContext exchange) {
    String id = id(exchange);
    Waits.Watched<BatchRecord> over =
        new Waits.Watched<>(
            () -> store.batch(id),
            changed -> store.watchBatch(id, changed),
            batch -> isOver(batch.state()));
    Loops.then(
        exchange,
        waits.until(exchange, over, Preference.query(exchange, limits.longestWait())),
        found -> Answers.json(exchange, 200, Documents.batch(known(found, id))));
  }

  private void add(RoutingContext exchange) {
    String id = id(exchange);
    HttpServerRequest request = exchange.request();
    Bodies.requireContentType(request, Answers.NDJSON);
    String from = request.getParam("from");
    OptionalLong index =
        from == null
            ? OptionalLong.empty()
            : OptionalLong.of(Numbers.parse("from", from, Integer.MAX_VALUE));
    Context context = Loops.here();
    request.pause();
    Loops.then(
        exchange,
        existing(context, id)
            .compose(BatchResource::requireOpen)
            .compose(batch -> uploads.receive(exchange, id, index)),
        added -> Answers.json(exchange, 200, Documents.added(added.added(), added.next())));
  }

  private void close(RoutingContext exchange) {
    String id = id(exchange);
    Context context = Loops.here();
    Loops.then(
        exchange,
        Bodies.optionalJson(exchange.request(), limits.bodyBytes())
            .map(body -> JsonFields.of(body, Set.of("members")))
            .compose(
                fields -> existing(context, id).compose(batch -> closed(context, batch, fields))),
        batch -> Answers.json(exchange, 200, Documents.batch(batch)));
  }

  private Future<BatchRecord> closed(
      Context context, BatchRecord batch, Map<String, JsonText> fields) {
    OptionalLong said = JsonFields.count(fields, "members");
    Long known = batch.members();
    if (known != null) {
      if (said.isPresent() && said.getAsLong() != known) {
        throw Problem.of(
                "batch-closed",
                409,
                "The batch is closed already",
                "batch "
                    + batch.id()
                    + " was closed with "
                    + known
                    + " members, not with "
                    + said.getAsLong()
                    + ": what is missing belongs into another batch")
            .with("members", known)
            .thrown();
      }
      return Future.succeededFuture(batch);
    }
    OptionalLong members = said.isPresent() ? said : counts.next(batch.id());
    if (members.isEmpty()) {
      throw Problem.of(
              "members-needed",
              409,
              "The number of members is needed",
              "this gateway has not seen all that was added to batch "
                  + batch.id()
                  + ": say how many members the broker has confirmed, as in {\"members\":1000}")
          .thrown();
    }
    return seal(context, batch.id(), members.getAsLong());
  }

  private Future<BatchRecord> seal(Context context, String id, long members) {
    return submissions
        .block(context, client -> client.resumeBatch(id, members).seal())
        .compose(
            handle ->
                Loops.back(context, store.note(new BatchClosed(id, members, Instant.now(), null))))
        .compose(noted -> existing(context, id));
  }

  private void cancel(RoutingContext exchange) {
    String id = id(exchange);
    Context context = Loops.here();
    Loops.then(
        exchange,
        existing(context, id)
            .compose(
                batch ->
                    isOver(batch.state()) ? Future.succeededFuture(batch) : cancelled(context, id)),
        batch -> Answers.json(exchange, 202, Documents.batch(batch)));
  }

  private Future<BatchRecord> cancelled(Context context, String id) {
    return submissions
        .call(context, client -> client.cancelBatchAsync(id))
        .compose(told -> Loops.back(context, store.cancelRequested(id, Instant.now())))
        .compose(noted -> existing(context, id));
  }

  private Future<BatchRecord> existing(Context context, String id) {
    return Loops.back(context, store.batch(id)).map(found -> known(found, id));
  }

  private static BatchRecord known(Optional<BatchRecord> found, String id) {
    return found.orElseThrow(() -> Problems.unknownBatch(id).thrown());
  }

  private static Future<BatchRecord> requireOpen(BatchRecord batch) {
    if (batch.members() != null) {
      return Future.failedFuture(
          Problem.of(
                  "batch-closed",
                  409,
                  "The batch takes no more",
                  "batch "
                      + batch.id()
                      + " is closed with "
                      + batch.members()
                      + " members: open another one with POST /v1/batches")
              .with("members", batch.members())
              .thrown());
    }
    return Future.succeededFuture(batch);
  }

  static boolean isOver(BatchState state) {
    return state == BatchState.COMPLETED || state == BatchState.ABANDONED;
  }

  static String id(RoutingContext exchange) {
    String id = Objects.requireNonNullElse(exchange.pathParam("id"), "");
    if (id.isBlank() || id.length() > LONGEST_ID) {
      throw Problems.badRequest(
              "a batch id has 1 to " + LONGEST_ID + " characters, as a rule a UUID")
          .thrown();
    }
    return id;
  }
}
