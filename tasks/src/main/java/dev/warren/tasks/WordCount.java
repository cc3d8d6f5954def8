package dev.warren.tasks;

import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskFunction;
import dev.warren.api.TaskType;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code text.wordcount}: counts words, lines and characters of a text file. */
public final class WordCount implements TaskFunction<WordCount.Arguments, WordCount.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("text.wordcount", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInTasks.CPU_QUEUE))
          .describedAs("Counts the words of a text file below the files root, and names the top");

  private static final int BUFFER = 1 << 15;

  private final FilesRoot root;

  WordCount(FilesRoot root) {
    this.root = root;
  }

  /**
   * What to count.
   *
   * @param path a UTF-8 text below the worker's files root
   * @param top how many of the most frequent words to name. Default is 10, at most 1000.
   */
  public record Arguments(String path, @Nullable Integer top) {
    public static final int DEFAULT_TOP = 10;
    private static final int MAX_TOP = 1_000;

    public Arguments {
      PathArgument.require(path);
      if (top != null && (top < 0 || top > MAX_TOP)) {
        throw new RejectedTask("'top' is from 0 to " + MAX_TOP + ", not " + top);
      }
    }

    public Arguments(String path) {
      this(path, null);
    }
  }

  /**
   * What a text consists of.
   *
   * @param words runs of letters and digits, with apostrophes and hyphens inside
   * @param lines the last one counts without a line end too
   * @param characters Unicode code points
   * @param top the most frequent words in lower case, the most frequent first
   * @param topIsExact whether the counts in {@code top} are exact; in a text with more than 500,000
   *     different words they may be too low
   */
  public record Result(
      long words, long lines, long characters, List<Frequency> top, boolean topIsExact) {
    public Result {
      top = List.copyOf(top);
    }
  }

  /** How often a word occurs. */
  public record Frequency(String word, long count) {}

  @Override
  public Result apply(Arguments arguments, TaskContext context) throws IOException {
    WordCounter counter = new WordCounter();
    try (Reader text =
        new InputStreamReader(
            FileReading.open(root.existingFile(arguments.path()), context),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE))) {
      char[] buffer = new char[BUFFER];
      for (int count = text.read(buffer); count >= 0; count = text.read(buffer)) {
        counter.accept(buffer, count);
      }
    }
    return counter.result(Objects.requireNonNullElse(arguments.top(), Arguments.DEFAULT_TOP));
  }
}
