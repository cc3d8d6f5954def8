package dev.warren.producer.dead;

import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.publish.Outgoing;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.DeadLetter;
import dev.warren.engine.wire.RoutingKeys;
import dev.warren.engine.wire.TaskMessage;

/** Decides how a letter gets other arguments. Used on one thread. */
final class LetterEdit {
  private final ClientParts client;
  private final JsonText arguments;
  private boolean replaced;

  LetterEdit(ClientParts client, JsonText arguments) {
    this.client = client;
    this.arguments = arguments;
  }

  /** Another letter of the task: the one that was just written, or a duplicate of the old one. */
  private Sweep.Decision other(DeadLetter letter, LetterTally tally) {
    boolean written =
        letter.task().map(TaskMessage::arguments).filter(arguments::equals).isPresent();
    if (written) {
      return Sweep.Decision.IGNORE;
    }
    tally.duplicate();
    return Sweep.Decision.REMOVE;
  }

  Sweep.Decision decide(FoundLetter found, LetterTally tally) {
    DeadLetter letter = found.letter();
    if (replaced) {
      return other(letter, tally);
    }
    if (letter.task().isEmpty() || !found.hasTaskId()) {
      tally.refused("is no task: submit one with 'warren submit', and purge this");
      return Sweep.Decision.KEEP;
    }
    if (found.box().kind() != LetterBox.Kind.QUEUE) {
      tally.refused(
          "has no dead letters to lie among: change it and let it run at once, with --replay");
      return Sweep.Decision.KEEP;
    }
    try {
      client.requireFit(letter.type(), arguments);
    } catch (WarrenException unfit) {
      tally.broken(unfit);
      return Sweep.Decision.END;
    }
    replaced = true;
    Outgoing copy =
        new Outgoing(
            TopologyNames.DEAD,
            RoutingKeys.told(found.box().name()),
            LetterCopy.withJson(letter.properties()),
            arguments,
            true);
    return new Sweep.Decision.Replace(
        copy,
        result -> {
          if (result instanceof PublishResult.Confirmed) {
            tally.done();
          } else {
            replaced = false;
          }
          return LetterReplay.wentOn(copy, result, tally);
        });
  }
}
