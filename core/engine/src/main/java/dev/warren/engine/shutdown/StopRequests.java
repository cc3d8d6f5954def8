package dev.warren.engine.shutdown;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests to stop that a program gets: the first means in order, the second at once. Safe for
 * concurrent use.
 */
public final class StopRequests {
  /** What a supervisor writes to a child's standard input for the first request. */
  public static final String STOP_LINE = "stop";

  /** What it writes for the second. */
  public static final String STOP_NOW_LINE = "stop now";

  /** What it writes to one that is to end as soon as what it runs has, however long that takes. */
  public static final String RETIRE_LINE = "retire";

  private static final Logger LOG = LoggerFactory.getLogger(StopRequests.class);
  private static final String INTERRUPT = "INT";
  private static final String HANG_UP = "HUP";

  private final CountDownLatch asked = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private String reason = "";
  private boolean urgent;
  private boolean interrupted;
  private boolean patient;
  private @Nullable Runnable whenHungUp;
  private final List<Runnable> whenAsked = new ArrayList<>();
  private @Nullable Runnable whenUrgent;

  /** Nobody asks but the program itself. */
  public StopRequests() {}

  /** Of a program that a person or an operating system stops: SIGTERM, SIGINT and SIGHUP. */
  public static StopRequests fromSignals() {
    StopRequests requests = new StopRequests();
    for (String signal : new String[] {"TERM", INTERRUPT}) {
      Signals.handle(signal, () -> requests.signalled(signal));
    }
    Signals.handle(HANG_UP, requests::hungUp);
    return requests;
  }

  /** Lets SIGHUP mean something else than a request to stop: runs that, on a thread of the JVM. */
  public void whenHungUp(Runnable action) {
    lock.lock();
    try {
      whenHungUp = action;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Of a program that a supervisor runs and stops by lines on its standard input. The terminal's
   * Ctrl-C goes to the whole process group and is the supervisor's business; a SIGTERM to this
   * program alone stops it in order, however often it comes. The end of the input means that the
   * supervisor is gone.
   */
  public static StopRequests fromSupervisor(InputStream input) {
    StopRequests requests = new StopRequests();
    Signals.handle(INTERRUPT, () -> LOG.debug("SIGINT is left to the supervisor"));
    Signals.handle(HANG_UP, () -> LOG.debug("SIGHUP is left to the supervisor"));
    Signals.handle("TERM", () -> requests.stopInOrder("SIGTERM"));
    Thread.ofPlatform()
        .daemon()
        .name("warren-supervisor-link")
        .start(() -> requests.readLines(input));
    return requests;
  }

  /** Waits for the first request and returns who asked. */
  public String await() throws InterruptedException {
    asked.await();
    lock.lock();
    try {
      return reason;
    } finally {
      lock.unlock();
    }
  }

  /** Runs the action at the first request, after those given before; now, if there has been one. */
  public void whenAsked(Runnable action) {
    boolean now;
    lock.lock();
    try {
      whenAsked.add(action);
      now = !reason.isEmpty();
    } finally {
      lock.unlock();
    }
    if (now) {
      action.run();
    }
  }

  /** Runs the action at the second request; now, if there has been one. */
  public void whenUrgent(Runnable action) {
    boolean now;
    lock.lock();
    try {
      whenUrgent = action;
      now = urgent;
    } finally {
      lock.unlock();
    }
    if (now) {
      action.run();
    }
  }

  /** Whether a second request came, and it was an interrupt from the keyboard. */
  public boolean interrupted() {
    lock.lock();
    try {
      return interrupted;
    } finally {
      lock.unlock();
    }
  }

  /** Whether what runs may take as long as it needs, as the first request said. */
  public boolean patient() {
    lock.lock();
    try {
      return patient;
    } finally {
      lock.unlock();
    }
  }

  /** Asks to stop in order; a repetition changes nothing. */
  public void stopInOrder(String why) {
    List<Runnable> actions = List.of();
    lock.lock();
    try {
      if (reason.isEmpty()) {
        reason = why;
        actions = List.copyOf(whenAsked);
      }
    } finally {
      lock.unlock();
    }
    asked.countDown();
    actions.forEach(Runnable::run);
  }

  /** Asks to stop at once. */
  public void stopNow(String why) {
    stopInOrder(why);
    Runnable action = null;
    lock.lock();
    try {
      if (!urgent) {
        urgent = true;
        action = whenUrgent;
      }
    } finally {
      lock.unlock();
    }
    if (action != null) {
      action.run();
    }
  }

  private void retire() {
    lock.lock();
    try {
      patient |= reason.isEmpty();
    } finally {
      lock.unlock();
    }
    stopInOrder("the supervisor needs it no more");
  }

  private void hungUp() {
    Runnable action;
    lock.lock();
    try {
      action = whenHungUp;
    } finally {
      lock.unlock();
    }
    if (action == null) {
      signalled(HANG_UP);
    } else {
      action.run();
    }
  }

  private void signalled(String signal) {
    if (asked.getCount() > 0) {
      stopInOrder("SIG" + signal);
      return;
    }
    lock.lock();
    try {
      interrupted |= signal.equals(INTERRUPT);
    } finally {
      lock.unlock();
    }
    stopNow("SIG" + signal);
  }

  private void readLines(InputStream input) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        switch (line) {
          case STOP_LINE -> stopInOrder("the supervisor says so");
          case RETIRE_LINE -> retire();
          case STOP_NOW_LINE -> stopNow("the supervisor says so, at once");
          default -> LOG.warn("not understood from the supervisor: {}", line);
        }
      }
    } catch (IOException broken) {
      LOG.debug("the link to the supervisor broke", broken);
    }
    stopInOrder("the supervisor is gone");
  }
}
