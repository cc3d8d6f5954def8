package dev.warren.worker.process;

import dev.warren.api.Json;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's side of one child: started, given one attempt after the other, ended. What the child
 * asks for while an attempt runs is answered from the attempt's context.
 */
final class ChildProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

  private static final Duration EXIT_LIMIT = Duration.ofSeconds(1);

  /** What it started may print to the same pipe, for ever. */
  private static final Duration LAST_WORDS = Duration.ofMillis(200);

  private final String name;
  private final Process process;
  private final ProcessTree tree;
  private final long startedNanos = System.nanoTime();
  private final ChildOutput output;
  private final CompletableFuture<List<OfferedType>> ready = new CompletableFuture<>();
  private final Consumer<ChildProcess> whenGone;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable Running current;
  private int runs;
  private @Nullable String gone;

  private volatile @Nullable Link link;

  /** It has been told to end, so that it must not get another attempt. */
  private volatile boolean ending;

  /** An attempt that the child has. */
  private record Running(int run, TaskContext context, CompletableFuture<Said.Ended> ended) {}

  /** What becomes of an attempt: completed exceptionally with this if the child is gone. */
  static final class GoneException extends Exception {
    private static final long serialVersionUID = 1L;

    GoneException(String message) {
      super(message);
    }
  }

  private ChildProcess(
      String name, Process process, ProcessTree tree, Consumer<ChildProcess> whenGone) {
    this.name = name;
    this.process = process;
    this.tree = tree;
    this.whenGone = whenGone;
    this.output = new ChildOutput(name, process);
  }

  /**
   * Starts a child and waits until it has loaded its tasks.
   *
   * @param whenGone told once it is gone, whatever of
   * @throws IOException if it cannot be started, ends, or is not ready in time
   */
  static ChildProcess start(
      String name, ChildProgram program, ChildDoor door, Consumer<ChildProcess> whenGone)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + program.startLimit().toNanos();
    try (ChildDoor.Visit visit = door.expect()) {
      MemoryGroup group = program.newGroup();
      Process process = process(program, visit, group);
      ChildProcess child =
          new ChildProcess(name, process, new ProcessTree(process, visit.mark(), group), whenGone);
      boolean started = false;
      try {
        child.hangUpAfterItsEnd();
        child.process.getOutputStream().close();
        child.output.start();
        within(CompletableFuture.anyOf(visit.connection(), child.process.onExit()), deadline);
        if (!visit.connection().isDone()) {
          throw new IOException(child.howItEnded() + "; it printed: " + child.lastLines());
        }
        child.link(within(visit.connection(), deadline), program.load());
        within(child.ready, deadline);
        LOG.debug("{} is process {}", name, child.process.pid());
        started = true;
        return child;
      } finally {
        if (!started) {
          child.close();
        }
      }
    }
  }

  private static Process process(
      ChildProgram program, ChildDoor.Visit visit, @Nullable MemoryGroup group) throws IOException {
    List<String> command = program.command().get();
    ProcessBuilder builder = new ProcessBuilder(group == null ? command : group.entering(command));
    // The broker's password among them is not the child's business.
    builder.environment().keySet().removeIf(variable -> variable.startsWith("WARREN_"));
    builder.environment().putAll(visit.environment());
    try {
      return builder.start();
    } catch (IOException failed) {
      if (group != null) {
        group.remove();
      }
      throw failed;
    }
  }

  /**
   * What it started may have its end of the socket, too, and keep that open when it is gone itself:
   * then nothing else tells the link.
   */
  private void hangUpAfterItsEnd() {
    Executor later =
        CompletableFuture.delayedExecutor(
            EXIT_LIMIT.toMillis(),
            TimeUnit.MILLISECONDS,
            action -> Thread.ofVirtual().name(name + "-end").start(action));
    CompletableFuture<Void> _ =
        process
            .onExit()
            .thenRunAsync(
                () -> {
                  Link open = link;
                  if (open != null) {
                    open.close();
                  }
                },
                later);
  }

  private static <T> T within(CompletableFuture<T> awaited, long deadline)
      throws IOException, InterruptedException {
    try {
      return awaited.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new IOException("it was not ready in time", late);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof IOException known ? known : new IOException(failed);
    }
  }

  private void link(SocketChannel channel, Told.Load load) throws IOException {
    Link made = new Link(name, channel, new Receiver());
    link = made;
    made.start();
    made.sendSurely(MessageCodec.write(load));
  }

  /** What it runs. */
  List<OfferedType> types() {
    return ready.getNow(List.of());
  }

  long pid() {
    return process.pid();
  }

  /** How long it has been there. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** How many attempts it was given. */
  int runs() {
    lock.lock();
    try {
      return runs;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it may get an attempt. */
  boolean usable() {
    return alive() && !ending;
  }

  /** Whether its process runs and answers. */
  boolean alive() {
    lock.lock();
    try {
      return gone == null && process.isAlive();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives it an attempt; it must have none. The answer ends with its verdict, or with its end.
   *
   * @throws GoneException if it is gone already, so that nothing runs
   */
  CompletableFuture<Said.Ended> begin(Told.Work work, JsonText arguments, TaskContext context)
      throws GoneException {
    CompletableFuture<Said.Ended> ended = new CompletableFuture<>();
    int run;
    lock.lock();
    try {
      if (current != null) {
        throw new IllegalStateException(name + " has an attempt already");
      }
      if (gone != null) {
        throw new GoneException(gone);
      }
      run = ++runs;
      current = new Running(run, context, ended);
    } finally {
      lock.unlock();
    }
    send(new Told.Run(run, work, arguments));
    return ended;
  }

  /** Tells it that its attempt should stop; one that does not read is not waited for. */
  void cancel(String reason) {
    int run;
    lock.lock();
    try {
      if (current == null) {
        return;
      }
      run = current.run();
    } finally {
      lock.unlock();
    }
    Link open = link;
    if (open != null) {
      open.sendIfHeard(MessageCodec.write(new Told.Cancel(run, reason)));
    }
  }

  /** Asks its processes to end. */
  void terminate() {
    ending = true;
    tree.terminate();
  }

  /** Ends its processes, and waits until they are gone. */
  void kill() {
    ending = true;
    tree.kill();
  }

  /** How the process ended, for people; what it printed last. */
  String howItEnded() {
    if (process.isAlive()) {
      return "it does not answer any more";
    }
    Optional<String> outOfMemory = tree.outOfMemory();
    if (outOfMemory.isPresent()) {
      return outOfMemory.get();
    }
    int code = process.exitValue();
    String signal = code > 128 ? " (signal " + (code - 128) + ")" : "";
    return "it ended with exit code " + code + signal;
  }

  /** The last lines that it printed; waits a moment for those of one that has ended. */
  String lastLines() {
    if (!process.isAlive()) {
      output.awaitEnd(LAST_WORDS);
    }
    return output.lastLines();
  }

  /** Lets an idle child end by itself, and kills it if it does not. */
  @Override
  public void close() {
    Link open = link;
    if (open != null) {
      open.close();
    }
    if (!ProcessTree.awaitExit(
        process, System.nanoTime() + (open == null ? 0 : EXIT_LIMIT.toNanos()))) {
      kill();
    }
    tree.close();
    output.close();
  }

  @Override
  public String toString() {
    return name + " (process " + process.pid() + ")";
  }

  private void send(Told told) {
    Link open = link;
    if (open != null) {
      open.sendSurely(MessageCodec.write(told));
    }
  }

  private final class Receiver implements Link.Receiver {
    @Override
    public void received(JsonText message) {
      switch (MessageCodec.readSaid(message)) {
        case Said.Ready(List<OfferedType> types) -> ready.complete(types);
        case Said.Progress(int run, double fraction, String text) -> {
          Running running = running(run);
          if (running != null) {
            running.context().progress(fraction, text);
          }
        }
        case Said.Log(int run, String text) -> {
          Running running = running(run);
          if (running != null) {
            running.context().log(text);
          }
        }
        case Said.Submit submit -> submitted(submit);
        case Said.Ended ended -> ended(ended);
        case Said.Hello again -> throw new IllegalStateException("it says hello twice");
      }
    }

    @Override
    public void lost(String why) {
      // Its end, if that is the reason, says more; without a link it is of no use either way.
      boolean ended = ProcessTree.awaitExit(process, System.nanoTime() + EXIT_LIMIT.toNanos());
      String how = ended ? howItEnded() + "; it printed: " + lastLines() : why;
      Running unfinished;
      lock.lock();
      try {
        gone = how;
        unfinished = current;
        current = null;
      } finally {
        lock.unlock();
      }
      ready.completeExceptionally(new IOException(how));
      if (unfinished != null) {
        unfinished.ended().completeExceptionally(new GoneException(how));
      }
      whenGone.accept(ChildProcess.this);
    }

    private void submitted(Said.Submit submit) {
      Running running = running(submit.run());
      if (running != null) {
        TaskId id =
            running.context().submit(submit.type().type(), new Json(submit.arguments().toString()));
        send(new Told.Submitted(submit.run(), submit.number(), id));
      }
    }

    private void ended(Said.Ended ended) {
      Running over = null;
      lock.lock();
      try {
        if (current != null && current.run() == ended.run()) {
          over = current;
          current = null;
        }
      } finally {
        lock.unlock();
      }
      if (over != null) {
        over.ended().complete(ended);
      }
    }

    private @Nullable Running running(int run) {
      lock.lock();
      try {
        return current != null && current.run() == run ? current : null;
      } finally {
        lock.unlock();
      }
    }
  }
}
