package dev.warren.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where batches that were filled through this gateway go on: which index the next member gets. Only
 * kept in memory and only of the latest batches; whoever knows better says so. Safe for concurrent
 * use.
 */
final class MemberCounts {
  private static final int MOST = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock; the eldest entry is the one that was used longest ago.
  private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Count {
    long next;
    boolean uploading;
  }

  /** A batch without members. */
  void opened(String batch) {
    lock.lock();
    try {
      counts.putIfAbsent(batch, new Count());
      if (counts.size() > MOST) {
        counts.remove(counts.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
  }

  OptionalLong next(String batch) {
    lock.lock();
    try {
      Count known = counts.get(batch);
      return known == null ? OptionalLong.empty() : OptionalLong.of(known.next);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The index with which an upload begins: the one that the caller says, else after the last.
   *
   * @throws ProblemException if it is not known, or taken by an upload that is under way
   */
  long begin(String batch, OptionalLong said) {
    lock.lock();
    try {
      Count known = counts.get(batch);
      if (known == null && said.isEmpty()) {
        throw Problem.of(
                "from-needed",
                409,
                "The index of the first member is needed",
                "this gateway has not seen all that was added to batch "
                    + batch
                    + ": say with ?from=N how many members were added before")
            .thrown();
      }
      if (known == null) {
        known = new Count();
        counts.put(batch, known);
      }
      if (said.isPresent()) {
        return said.getAsLong();
      }
      if (known.uploading) {
        throw Problem.of(
                "upload-under-way",
                409,
                "Another upload is under way",
                "another request is adding members to batch "
                    + batch
                    + ": wait for it, or say with ?from=N which indexes this one takes")
            .thrown();
      }
      known.uploading = true;
      return known.next;
    } finally {
      lock.unlock();
    }
  }

  /** An upload has ended; all members below the index are there. */
  void end(String batch, boolean chosen, long next) {
    lock.lock();
    try {
      Count known = counts.get(batch);
      if (known != null) {
        known.next = Math.max(known.next, next);
        known.uploading = known.uploading && chosen;
      }
    } finally {
      lock.unlock();
    }
  }
}
