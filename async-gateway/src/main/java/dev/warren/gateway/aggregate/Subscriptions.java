package dev.warren.gateway.aggregate;

import dev.warren.api.TaskId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to know of changes. Safe for concurrent use; the writer tells them. */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
  private static final String ALL = "";

  /** One interest; the same action given twice is two. */
  private static final class Listener {
    private final Runnable changed;

    Listener(Runnable changed) {
      this.changed = changed;
    }
  }

  private final Map<TaskId, List<Listener>> ofTasks = new ConcurrentHashMap<>();
  private final Map<String, List<Listener>> ofBatches = new ConcurrentHashMap<>();
  private final Map<String, List<Listener>> ofAll = new ConcurrentHashMap<>();

  Results.Subscription task(TaskId id, Runnable changed) {
    return add(ofTasks, id, changed);
  }

  Results.Subscription batch(String id, Runnable changed) {
    return add(ofBatches, id, changed);
  }

  Results.Subscription all(Runnable changed) {
    return add(ofAll, ALL, changed);
  }

  /** Tells those whom a committed transaction concerns, each once per task or batch. */
  void committed(Ledger ledger) {
    if (!ofTasks.isEmpty()) {
      ledger.tasks().forEach(change -> tell(ofTasks.get(change.news().id())));
    }
    if (!ofBatches.isEmpty()) {
      ledger.batches().forEach(tally -> tell(ofBatches.get(tally.id())));
    }
    if (!ledger.tasks().isEmpty() || !ledger.batches().isEmpty()) {
      tell(ofAll.get(ALL));
    }
  }

  private static void tell(@Nullable List<Listener> listeners) {
    if (listeners == null) {
      return;
    }
    for (Listener listener : listeners) {
      try {
        listener.changed.run();
      } catch (RuntimeException broken) {
        // Somebody's listener must not cost the others their outcomes.
        LOG.error("a listener of the store failed", broken);
      }
    }
  }

  private static <K> Results.Subscription add(
      Map<K, List<Listener>> listeners, K key, Runnable changed) {
    Listener own = new Listener(changed);
    listeners.compute(
        key,
        (same, there) -> {
          List<Listener> list = there == null ? new CopyOnWriteArrayList<>() : there;
          list.add(own);
          return list;
        });
    return () ->
        listeners.computeIfPresent(
            key,
            (same, there) -> {
              there.remove(own);
              return there.isEmpty() ? null : there;
            });
  }
}
