package dev.warren.producer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.registry.ArgumentsCheck;
import dev.warren.engine.registry.ClosedTypes;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the fleet has announced. Only a help: where the registry cannot be read, tasks are submitted
 * without it.
 */
final class TypeDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(TypeDirectory.class);
  private static final Duration READ_LIMIT = Duration.ofSeconds(2);

  /** Arguments that do not fit make the client look for a newer schema, not more often. */
  private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

  private final TypeCatalog catalog;
  private final AtomicLong lastLook = new AtomicLong(System.nanoTime() - LOOK_AGAIN_NANOS);
  private volatile boolean unreadable;

  TypeDirectory(TypeCatalog catalog) {
    this.catalog = catalog;
  }

  /** The queue that the type's workers announced; reads the registry if the type is new. */
  Optional<String> queueOf(String type) {
    if (!unreadable) {
      try {
        return catalog.find(type).map(TypeAnnouncement::queue);
      } catch (WarrenException failure) {
        unreadable = true;
        LOG.debug("going on without the registry: {}", failure.getMessage());
      }
    }
    return catalog.cached(type).map(TypeAnnouncement::queue);
  }

  /**
   * Checks arguments against the schema that was announced, if one is known; and that they are
   * JSON.
   *
   * @param json whether that is certain
   * @throws TaskRefusedException naming what does not fit
   * @throws dev.warren.api.CodecException if they are no JSON
   */
  void requireFit(String type, JsonText arguments, boolean json) {
    if (!json) {
      JsonText unused = JsonCodec.requirePart(arguments, new Named.Arguments(type));
    }
    Optional<TypeAnnouncement> known = catalog.cached(type);
    if (known.isEmpty() || ArgumentsCheck.allowsAll(known.get().argumentsSchema())) {
      return;
    }
    JsonNode tree = JsonCodec.tree(arguments, new Named.Arguments(type));
    List<ArgumentsCheck.Problem> problems = problems(known.get(), tree);
    if (!problems.isEmpty() && mayLookAgain()) {
      refresh(READ_LIMIT);
      problems = catalog.cached(type).map(fresh -> problems(fresh, tree)).orElse(List.of());
    }
    if (!problems.isEmpty()) {
      throw new TaskRefusedException(
          TaskRefusedException.Reason.INVALID_ARGUMENTS,
          "the arguments do not fit task type '"
              + type
              + "': "
              + problems.stream()
                  .map(ArgumentsCheck.Problem::toString)
                  .collect(Collectors.joining("; "))
              + " ('warren "
              + type
              + " --help' shows them)");
    }
  }

  /**
   * The queue to which a task goes that the broker cannot return, because it waits on the ladder
   * first: one for which its type was announced. Asks the registry if it is not known to be so.
   * Decides as an immediate submission would end: another queue than the announced ones only if the
   * submitter chose it, and then it is refused.
   *
   * @param chosen whether the submitter chose the queue
   * @throws TaskRefusedException if no worker has announced the type for the queue
   */
  String requireAnnounced(String type, String queue, boolean chosen, Duration limit) {
    Set<String> queues = catalog.queues(type);
    if (!queues.contains(queue)) {
      if (!refresh(limit)) {
        // Nobody can tell: then the submitter must be right.
        return queue;
      }
      queues = catalog.queues(type);
    }
    if (queues.contains(queue)) {
      return queue;
    }
    Optional<String> other = catalog.cached(type).map(TypeAnnouncement::queue);
    if (other.isPresent() && !chosen) {
      return other.get();
    }
    String hint = hint(type, queue);
    throw new TaskRefusedException(
        TaskRefusedException.Reason.UNKNOWN_TYPE,
        "no task type '"
            + type
            + "' in queue '"
            + queue
            + "'"
            + (hint.isEmpty() ? ": no worker has announced it" : "; " + hint)
            + ". A task that is to run later cannot come back when it is due: start a worker first,"
            + " or submit it as unannounced (--unannounced)");
  }

  private static List<ArgumentsCheck.Problem> problems(TypeAnnouncement type, JsonNode arguments) {
    return ArgumentsCheck.check(type.argumentsSchema(), arguments);
  }

  private boolean mayLookAgain() {
    long last = lastLook.get();
    long now = System.nanoTime();
    return now - last >= LOOK_AGAIN_NANOS && lastLook.compareAndSet(last, now);
  }

  /**
   * Where a task that no queue took could have gone, or how to open it, for people; empty if
   * nothing is near.
   */
  String hint(String type, String queue) {
    Optional<String> elsewhere =
        catalog.cached(type).map(TypeAnnouncement::queue).filter(other -> !other.equals(queue));
    if (elsewhere.isPresent()) {
      return "its workers serve queue '" + elsewhere.get() + "'";
    }
    return ClosedTypes.howToOpen(type)
        .or(
            () ->
                catalog
                    .nearest(type)
                    .filter(near -> !near.equals(type))
                    .map(near -> "did you mean '" + near + "'?"))
        .orElse("");
  }

  /**
   * Reads what has been announced since; blocks. Keeps what it knows, and says so, if that fails.
   */
  boolean refresh(Duration limit) {
    try {
      List<TypeAnnouncement> read = catalog.refresh(limit);
      unreadable = false;
      LOG.debug("the registry has {} types", read.size());
      return true;
    } catch (WarrenException failure) {
      LOG.debug("the registry cannot be read: {}", failure.getMessage());
      return false;
    }
  }
}
