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

  /**
   * What is recorded of a task, as far as it matters here.
   *
   * @param dueMillis when it becomes due, in milliseconds; 0 if it does not
   */
  record Known(int generation, TaskState state, int attempt, long dueMillis) {
    static Known of(TaskRecord task) {
      return new Known(
          task.generation(),
          task.state(),
          task.attempt(),
          task.dueAt() == null ? 0 : task.dueAt().toEpochMilli());
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
    if (news.state() != known.state()) {
      return news.state().compareTo(known.state()) > 0;
    }
    // An attempt may pause more than once.
    return news.attempt() == known.attempt()
        ? news.dueMillis() > known.dueMillis()
        : news.attempt() > known.attempt();
  }
}
