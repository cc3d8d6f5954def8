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

    /** Uploads under way. */
    int uploads;

    /** Whether one of them goes on where the last one ended. */
    boolean uploading;
  }

  /** A batch without members. */
  void opened(String batch) {
    lock.lock();
    try {
      if (!counts.containsKey(batch)) {
        add(batch);
      }
    } finally {
      lock.unlock();
    }
  }

  // Guarded by lock.
  private Count add(String batch) {
    Count count = new Count();
    counts.put(batch, count);
    if (counts.size() > MOST) {
      counts.remove(counts.keySet().iterator().next());
    }
    return count;
  }

  /**
   * How many members a batch has, as far as this gateway knows.
   *
   * @throws ProblemException if an upload is under way, as nobody knows then
   */
  OptionalLong next(String batch) {
    lock.lock();
    try {
      Count known = counts.get(batch);
      if (known != null && known.uploads > 0) {
        throw underWay(
            batch, "wait for it, or say how many members there are, as in {\"members\":1000}");
      }
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
        known = add(batch);
      }
      if (said.isPresent()) {
        known.uploads++;
        return said.getAsLong();
      }
      if (known.uploading) {
        throw underWay(batch, "wait for it, or say with ?from=N which indexes this one takes");
      }
      known.uploads++;
      known.uploading = true;
      return known.next;
    } finally {
      lock.unlock();
    }
  }

  private static ProblemException underWay(String batch, String instead) {
    return Problem.of(
            "upload-under-way",
            409,
            "Another upload is under way",
            "another request is adding members to batch " + batch + ": " + instead)
        .thrown();
  }

  /** An upload has ended; all members below the index are there. */
  void end(String batch, boolean chosen, long next) {
    lock.lock();
    try {
      Count known = counts.get(batch);
      if (known != null) {
        known.next = Math.max(known.next, next);
        known.uploads = Math.max(0, known.uploads - 1);
        known.uploading = known.uploading && chosen;
      }
    } finally {
      lock.unlock();
    }
  }
}
