package dev.warren.worker.supervise;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** What a process said last, to tell why it ended. Safe for concurrent use. */
final class LastLines {
  private static final int KEPT = 8;
  private static final int LONGEST = 300;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<String> lines = new ArrayDeque<>(); // Guarded by lock.

  void add(String line) {
    String kept = line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    lock.lock();
    try {
      lines.addLast(kept);
      if (lines.size() > KEPT) {
        lines.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }
}
