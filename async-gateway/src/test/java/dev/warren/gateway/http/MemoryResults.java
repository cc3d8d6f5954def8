package dev.warren.gateway.http;

import dev.warren.api.TaskId;
import dev.warren.gateway.aggregate.BatchRecord;
import dev.warren.gateway.aggregate.Results;
import dev.warren.gateway.aggregate.TaskRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Results that a test records itself. */
final class MemoryResults implements Results {
  private final Map<TaskId, TaskRecord> tasks = new ConcurrentHashMap<>();
  private final Map<String, BatchRecord> batches = new ConcurrentHashMap<>();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

  private record Watch(String what, Runnable changed, Object identity) {}

  void record(TaskRecord task) {
    tasks.put(task.id(), task);
    String batch = task.lineage().batch();
    watches.stream()
        .filter(
            watch ->
                watch.what().isEmpty()
                    || watch.what().equals(task.id().toString())
                    || watch.what().equals(batch))
        .forEach(watch -> watch.changed().run());
  }

  int watching() {
    return watches.size();
  }

  @Override
  public CompletionStage<Optional<TaskRecord>> task(TaskId id) {
    return CompletableFuture.completedStage(Optional.ofNullable(tasks.get(id)));
  }

  @Override
  public CompletionStage<Optional<BatchRecord>> batch(String id) {
    return CompletableFuture.completedStage(Optional.ofNullable(batches.get(id)));
  }

  @Override
  public CompletionStage<List<BatchRecord>> batches(int limit) {
    return CompletableFuture.completedStage(batches.values().stream().limit(limit).toList());
  }

  @Override
  public CompletionStage<List<TaskRecord>> members(String batch, long after, int limit) {
    return CompletableFuture.completedStage(
        ended(after).filter(one -> batch.equals(one.lineage().batch())).limit(limit).toList());
  }

  @Override
  public CompletionStage<List<TaskRecord>> tasks(long after, int limit) {
    return CompletableFuture.completedStage(ended(after).limit(limit).toList());
  }

  @Override
  public CompletionStage<Long> lastSequence() {
    return CompletableFuture.completedStage(
        tasks.values().stream().mapToLong(TaskRecord::sequence).max().orElse(0));
  }

  @Override
  public Subscription watchTask(TaskId id, Runnable changed) {
    return watch(id.toString(), changed);
  }

  @Override
  public Subscription watchBatch(String id, Runnable changed) {
    return watch(id, changed);
  }

  @Override
  public Subscription watchAll(Runnable changed) {
    return watch("", changed);
  }

  private Stream<TaskRecord> ended(long after) {
    return tasks.values().stream()
        .filter(one -> one.state().ended() && one.sequence() > after)
        .sorted(java.util.Comparator.comparingLong(TaskRecord::sequence));
  }

  private Subscription watch(String what, Runnable changed) {
    Watch watch = new Watch(what, changed, new Object());
    watches.add(watch);
    return () -> watches.remove(watch);
  }
}
