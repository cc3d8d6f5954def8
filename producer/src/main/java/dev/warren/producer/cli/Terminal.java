package dev.warren.producer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a terminal is behind a standard stream, which Java itself tells only of all at once. */
final class Terminal {
  private Terminal() {}

  static boolean isAt(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    try {
      if (Files.isSymbolicLink(link)) {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      }
      return asksTest(descriptor);
    } catch (IOException unreadable) {
      // Then no bar is drawn, which is right anywhere.
      return false;
    }
  }

  /** Where there is no /proc: {@code test -t} with our own streams. */
  private static boolean asksTest(int descriptor) throws IOException {
    Process test =
        new ProcessBuilder("test", "-t", Integer.toString(descriptor)).inheritIO().start();
    try {
      return test.waitFor() == 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      test.destroy();
      return false;
    }
  }
}
