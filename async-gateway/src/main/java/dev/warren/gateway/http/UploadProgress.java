package dev.warren.gateway.http;

import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How far an upload has come. Safe for concurrent use. */
final class UploadProgress {
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private final TreeSet<Long> ahead = new TreeSet<>();
  private long added;
  private @Nullable Failure first;

  /** The first line that was not taken. */
  record Failure(long position, long line, Problem problem) {}

  void confirmed(long position) {
    lock.lock();
    try {
      ahead.add(position);
      while (ahead.remove(added)) {
        added++;
      }
    } finally {
      lock.unlock();
    }
  }

  void failed(long position, long line, Problem problem) {
    lock.lock();
    try {
      if (first == null || position < first.position()) {
        first = new Failure(position, line, problem);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Confirmed ones, without a gap from the first. */
  long added() {
    lock.lock();
    try {
      return added;
    } finally {
      lock.unlock();
    }
  }

  Optional<Failure> failure() {
    lock.lock();
    try {
      return Optional.ofNullable(first);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing before the position has failed. */
  boolean mayGoOn(long position) {
    lock.lock();
    try {
      return first == null || first.position() >= position;
    } finally {
      lock.unlock();
    }
  }
}
