package dev.warren.tasks;

import dev.warren.api.FilesRoot;
import dev.warren.api.Lane;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.tasks.exec.Exec;

/**
 * Registers the tasks that come with Warren: {@code echo} and {@code sleep} in the queue {@code
 * default}, {@code text.wordcount}, {@code file.digest} and {@code image.thumbnail} in the queue
 * {@code cpu}; and, where the setting {@code exec-allow} names programs, {@code exec} in the queue
 * {@code default}. Reads the settings {@code files-root} and {@code output-root}, too.
 */
public final class BuiltInTasks implements TaskProvider {
  /** The queue of tasks that keep a core busy. */
  static final String CPU_QUEUE = "cpu";

  @Override
  public void register(TaskRegistry registry) {
    FilesRoot files = FilesRoot.source(registry::setting);
    FilesRoot output = FilesRoot.output(registry::setting);
    registry.register(Echo.UNREAD, Lane.VIRTUAL, Echo::run);
    registry.register(Sleep.TYPE, Lane.VIRTUAL, Sleep::run);
    registry.register(WordCount.TYPE, Lane.THREADS, new WordCount(files));
    registry.register(FileDigest.TYPE, Lane.THREADS, new FileDigest(files));
    registry.register(Thumbnail.TYPE, Lane.THREADS, new Thumbnail(files, output));
    Exec.register(registry);
  }
}
