package dev.warren.tasks;

import dev.warren.api.FilesRoot;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskFunction;
import dev.warren.api.TaskType;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Security;
import java.util.HexFormat;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code file.digest}: the digest of a file's bytes. */
public final class FileDigest implements TaskFunction<FileDigest.Arguments, FileDigest.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("file.digest", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInTasks.CPU_QUEUE))
          .describedAs("The digest (SHA-256 or another) of a file below the files root");

  private static final int BUFFER = 1 << 16;

  private final FilesRoot root;

  FileDigest(FilesRoot root) {
    this.root = root;
  }

  /**
   * What to digest.
   *
   * @param path below the worker's files root
   * @param algorithm as Java names it. Default is {@code SHA-256}.
   */
  public record Arguments(String path, @Nullable String algorithm) {
    public static final String DEFAULT_ALGORITHM = "SHA-256";

    public Arguments {
      PathArgument.require(path);
    }

    public Arguments(String path) {
      this(path, null);
    }
  }

  /**
   * A digest.
   *
   * @param digest in lower-case hexadecimal
   * @param bytes how many it is of
   */
  public record Result(String algorithm, String digest, long bytes) {}

  @Override
  public Result apply(Arguments arguments, TaskContext context) throws IOException {
    String name = Objects.requireNonNullElse(arguments.algorithm(), Arguments.DEFAULT_ALGORITHM);
    MessageDigest digest = algorithm(name);
    try (FileReading file = FileReading.open(root.existingFile(arguments.path()), context)) {
      byte[] buffer = new byte[BUFFER];
      for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return new Result(
          digest.getAlgorithm(), HexFormat.of().formatHex(digest.digest()), file.bytes());
    }
  }

  private static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException unknown) {
      throw new RejectedTask(
          "no digest algorithm '"
              + name
              + "'; there are "
              + String.join(", ", new TreeSet<>(Security.getAlgorithms("MessageDigest"))),
          unknown);
    }
  }
}
