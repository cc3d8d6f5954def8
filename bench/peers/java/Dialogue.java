import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** What run.sh says of clients: takes lines {@code run SECONDS} and answers with a line of JSON. */
final class Dialogue {
  /** How long a client waits for its last tasks. */
  static final Duration LAST_ANSWERS = Duration.ofSeconds(60);

  private Dialogue() {}

  /** One measurement. */
  interface Run {
    Result of(Duration time) throws Exception;
  }

  /**
   * What came of it.
   *
   * @param seconds from the start to the last completion
   * @param lost what neither completed nor failed
   */
  record Result(long completed, double seconds, long failed, long lost) {
    /** Of a run that began and saw its last completion at these times, in nanoseconds. */
    static Result of(long begin, long last, long completed, long failed, long submitted) {
      double seconds = completed == 0 ? 0 : (last - begin) / 1e9;
      return new Result(completed, seconds, failed, submitted - completed - failed);
    }

    String json() {
      return String.format(
          Locale.ROOT,
          "{\"completed\": %d, \"seconds\": %.6f, \"failed\": %d, \"lost\": %d}",
          completed,
          seconds,
          failed,
          lost);
    }
  }

  /** A setting of run.sh. */
  static String setting(String name) {
    String value = System.getenv("PEER_" + name);
    if (value == null) {
      throw new IllegalStateException("PEER_" + name + " is not set");
    }
    return value;
  }

  static int number(String name) {
    return Integer.parseInt(setting(name));
  }

  /** The argument of every task: so long with its quotation marks. */
  static String argument() {
    return "x".repeat(number("BYTES") - 2);
  }

  /** Until the end of the input. */
  static void hold(Run run) throws Exception {
    System.out.println("ready");
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      long seconds = Long.parseLong(line.split(" ")[1]);
      System.out.println(run.of(Duration.ofSeconds(seconds)).json());
    }
  }

  /** Of a worker: until whoever started it has gone. */
  static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // Nothing is said to a worker.
    }
  }
}
