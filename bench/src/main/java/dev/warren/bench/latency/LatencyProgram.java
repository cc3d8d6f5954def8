package dev.warren.bench.latency;

import dev.warren.bench.BenchException;
import dev.warren.engine.logging.LogFormat;
import dev.warren.producer.WarrenClient;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A client that is measured, or the hand-tuned worker, in a JVM of its own, so that none has
 * another's code compiled for it: {@code warren BYTES FOLDER}, {@code hand-tuned BYTES WAYS},
 * {@code worker TOGETHER WAYS}. The broker's URI is in the environment. A client reads orders from
 * its input, a line each, and answers each with {@link Measured#line}; all end with their input.
 */
public final class LatencyProgram {
  static final String ONE_WAY = "one-way";
  static final String BOTH_WAYS = "both-ways";

  private static final String READY = "ready";

  private LatencyProgram() {}

  public static void main(String[] args) throws IOException {
    // The threads of a connection would keep a program that has failed, and whoever waits for it.
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.WARN, "bench");
    URI broker = URI.create(System.getenv("WARREN_BROKER_URI"));
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (args[0].equals("worker")) {
      TunedWorker worker = new TunedWorker(broker, Integer.parseInt(args[1]), bothWays(args));
      answers.println(READY);
      String order = orders.readLine();
      worker.close();
      if (order != null) {
        throw new BenchException("the hand-tuned worker takes no orders: '" + order + "'");
      }
      return;
    }
    try (Submitting submitting = submitting(broker, args)) {
      answers.println(READY);
      Loop loop = new Loop(submitting);
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        answers.println(obey(loop, order.split(" ", -1)).line());
      }
    }
  }

  private static Submitting submitting(URI broker, String[] args) throws IOException {
    int bytes = Integer.parseInt(args[1]);
    if (args[0].equals("hand-tuned")) {
      return new TunedSubmitter(broker, bytes, bothWays(args));
    }
    return new WarrenSubmitter(
        WarrenClient.builder()
            .broker(broker)
            .role("bench")
            .typeCache(Path.of(args[2]).resolve("types"))
            .connect(),
        bytes);
  }

  private static boolean bothWays(String[] args) {
    return args[2].equals(BOTH_WAYS);
  }

  private static Measured obey(Loop loop, String[] words) throws IOException {
    int number = Integer.parseInt(words[1]);
    return switch (words[0]) {
      case "open" -> loop.open(number, millis(words[2]), millis(words[3]));
      case "closed" -> loop.closed(number, millis(words[2]));
      default -> throw new BenchException("no order '" + words[0] + "'");
    };
  }

  private static Duration millis(String text) {
    return Duration.ofMillis(Long.parseLong(text));
  }
}
