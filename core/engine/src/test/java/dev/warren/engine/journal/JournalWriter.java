package dev.warren.engine.journal;

import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.TaskMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** A process that notes attempts until it is killed: file, then ids of the tasks that stay. */
final class JournalWriter {
  static final String READY = "noted";

  private JournalWriter() {}

  public static void main(String[] args) throws IOException {
    InFlightJournal journal = InFlightJournal.create(Path.of(args[0]), 4);
    int over = journal.started(task(TaskId.next()));
    for (int i = 1; i < args.length; i++) {
      journal.started(task(TaskId.of(args[i])));
    }
    journal.ended(over);
    System.out.println(READY);
    while (System.in.read() >= 0) {
      journal.ended(journal.started(task(TaskId.next())));
    }
  }

  static TaskMessage task(TaskId id) {
    return TaskMessage.of(id, "text.wordcount", "cpu", JsonText.of("{}"), Instant.now());
  }
}
