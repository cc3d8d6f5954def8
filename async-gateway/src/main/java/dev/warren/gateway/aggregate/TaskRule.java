package dev.warren.gateway.aggregate;

import org.jspecify.annotations.Nullable;

/** Decides whether news of a task is recorded, or is known already. Pure. */
@FunctionalInterface
interface TaskRule {
  /**
   * The rule of the fleet: the first end of a generation is recorded; a later generation replaces
   * only {@code dead}; what a task waits for never replaces an end, and only what waits for
   * something later.
   */
  TaskRule FIRST_END = TaskRule::isNews;

  /** What is recorded of a task, as far as it matters here. */
  record Known(int generation, TaskState state, int attempt) {
    static Known of(TaskRecord task) {
      return new Known(task.generation(), task.state(), task.attempt());
    }
  }

  /** Whether to record the news. */
  boolean records(@Nullable Known known, Known news);

  private static boolean isNews(@Nullable Known known, Known news) {
    if (known == null) {
      return true;
    }
    if (known.state().ended()) {
      return news.state().ended()
          && known.state() == TaskState.DEAD
          && news.generation() > known.generation();
    }
    if (news.generation() != known.generation()) {
      return news.generation() > known.generation();
    }
    int later = news.state().compareTo(known.state());
    return news.state().ended() || later > 0 || (later == 0 && news.attempt() > known.attempt());
  }
}
