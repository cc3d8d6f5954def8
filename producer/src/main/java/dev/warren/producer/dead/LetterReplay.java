package dev.warren.producer.dead;

import dev.warren.api.WarrenException;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.RoutingKeys;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskWriter;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides how a letter's task runs again. Used on one thread. */
final class LetterReplay {
  private final ClientParts client;
  private final ReplayOptions options;
  private final Consumer<Replayed> replayed;
  private final TaskWriter writer;
  private final @Nullable String token;
  private final Set<String> sent = new HashSet<>();

  LetterReplay(ClientParts client, ReplayOptions options, Consumer<Replayed> replayed) {
    this.client = client;
    this.options = options;
    this.replayed = replayed;
    this.writer = new TaskWriter(client.appId());
    this.token = options.outcomeWanted() ? client.listen() : null;
  }

  /** A letter of a task that died again since: the later one counts. */
  Sweep.Decision older(LetterTally tally) {
    tally.duplicate();
    return Sweep.Decision.REMOVE;
  }

  Sweep.Decision decide(FoundLetter found, LetterTally tally) {
    DeadLetter letter = found.letter();
    if (found.onItsWay() && options.arguments() == null && token == null) {
      return sendOn(found, tally);
    }
    if (letter.task().isEmpty() || !found.hasTaskId()) {
      tally.refused("is no task that could run: it can only be looked at and purged");
      return Sweep.Decision.KEEP;
    }
    if (!sent.add(found.id())) {
      return older(tally);
    }
    try {
      return again(found, task(found, letter.task().get()), tally);
    } catch (WarrenException unfit) {
      sent.remove(found.id());
      tally.refused(String.valueOf(unfit.getMessage()));
      return Sweep.Decision.KEEP;
    }
  }

  private TaskMessage task(FoundLetter found, TaskMessage dead) {
    TaskMessage task = found.onItsWay() ? dead : dead.replayed(Instant.now());
    if (options.arguments() != null) {
      client.requireFit(task.type(), options.arguments());
      task = task.withArguments(options.arguments());
    }
    if (token != null) {
      task = task.withLineage(task.lineage().withReply(token));
    }
    Map<String, Object> headers = found.letter().properties().getHeaders();
    Object version = headers == null ? null : headers.get(Headers.VERSION);
    if (version == null) {
      return task;
    }
    // A contract that this program does not know: whoever runs it must be told.
    Map<String, Object> others = new HashMap<>(task.others());
    others.put(Headers.VERSION, version);
    return task.withOthers(others);
  }

  private Sweep.Decision again(FoundLetter found, TaskMessage task, LetterTally tally) {
    Outgoing copy =
        Outgoing.task(
            TopologyNames.TASKS, RoutingKeys.task(task.queue(), task.type()), writer.write(task));
    Optional<CompletableFuture<OutcomeEvent>> outcome =
        token == null ? Optional.empty() : Optional.of(client.expect(task.id()));
    return new Sweep.Decision.Replace(
        copy,
        result -> {
          if (result instanceof PublishResult.Confirmed) {
            tally.done();
            replayed.accept(
                new Replayed(
                    task.id(),
                    task.generation(),
                    task.type(),
                    task.queue(),
                    outcome.map(CompletableFuture::minimalCompletionStage)));
          } else {
            sent.remove(found.id());
            outcome.ifPresent(unused -> client.abandon(task.id()));
          }
          return wentOn(copy, result, tally);
        });
  }

  /** What is on its way is no matter of ours: it may even be a chunk of many tasks. */
  private Sweep.Decision sendOn(FoundLetter found, LetterTally tally) {
    DeadLetter letter = found.letter();
    if (letter.queue().isEmpty() || letter.type().isEmpty()) {
      tally.refused("does not say where it was to go: it can only be looked at and purged");
      return Sweep.Decision.KEEP;
    }
    Outgoing copy =
        new Outgoing(
            TopologyNames.TASKS,
            RoutingKeys.task(letter.queue(), letter.type()),
            LetterCopy.same(letter.properties()),
            letter.body(),
            true);
    return new Sweep.Decision.Replace(
        copy,
        result -> {
          if (result instanceof PublishResult.Confirmed) {
            tally.done();
            for (TaskMessage task : letter.tasks()) {
              replayed.accept(
                  new Replayed(
                      task.id(), task.generation(), task.type(), task.queue(), Optional.empty()));
            }
          }
          return wentOn(copy, result, tally);
        });
  }

  /** Whether to go on. */
  static boolean wentOn(Outgoing copy, PublishResult result, LetterTally tally) {
    if (!(result instanceof PublishResult.Confirmed)) {
      QueueFailures.trouble(result)
          .ifPresentOrElse(tally::broken, () -> tally.refused(QueueFailures.reason(copy, result)));
    }
    return !tally.isBroken();
  }
}
