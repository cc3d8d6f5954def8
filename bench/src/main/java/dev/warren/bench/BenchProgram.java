package dev.warren.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What programs that measure have in common: a folder that is removed afterwards, an end on Ctrl-C,
 * and exit codes: 0 ok, 1 something was lost, failed or could not be run; 2 usage; 3 broker
 * unreachable; 130 interrupted.
 */
public final class BenchProgram {
  private BenchProgram() {}

  /** Measures. */
  @FunctionalInterface
  public interface Work {
    /**
     * Answers what is wrong with the figures: 0 is a success.
     *
     * @param folder for logs and data, removed afterwards
     */
    long run(Path folder) throws IOException, InterruptedException;
  }

  /** Runs it on the calling thread, and answers the exit code. */
  public static int run(Work work) throws IOException {
    Path folder = Files.createTempDirectory("warren-bench-");
    Interruption interruption = Interruption.ofThisThread();
    try {
      return work.run(folder) == 0 ? 0 : 1;
    } catch (ConfigurationException usage) {
      return failed(2, usage);
    } catch (BrokerUnreachableException | LoginRefusedException unreachable) {
      return failed(3, unreachable);
    } catch (WarrenException failure) {
      return failed(1, failure);
    } catch (InterruptedException interrupted) {
      return 130;
    } finally {
      remove(folder);
      interruption.over();
    }
  }

  /** A line for who watches. */
  public static void say(String line) {
    System.err.println("warren: " + line);
  }

  private static int failed(int code, WarrenException failure) {
    say(String.valueOf(failure.getMessage()));
    return code;
  }

  /** What was found as JSON, indented. */
  public static String json(Object report) throws IOException {
    return JsonCodec.json()
        .writer()
        .with(SerializationFeature.INDENT_OUTPUT)
        .writeValueAsString(report);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
