package dev.warren.producer.cli;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.producer.gateway.BatchStatus;
import dev.warren.producer.gateway.Feed;
import dev.warren.producer.gateway.GatewayClient;
import dev.warren.producer.gateway.TaskStatus;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Prints what became of the members of a batch. Used by one thread. */
final class BatchResults {
  /** What is printed of a member. */
  enum Form {
    /** The result of one that succeeded. */
    RESULT,
    /** All that is known. */
    JSON
  }

  private final Cli cli;
  private final GatewayClient gateway;
  private final String id;
  private final Form form;
  private final boolean withId;
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private long ended;
  private long failed;
  private @Nullable String firstFailure;

  BatchResults(Cli cli, GatewayClient gateway, String id, Form form, boolean withId) {
    this.cli = cli;
    this.gateway = gateway;
    this.id = id;
    this.form = form;
    this.withId = withId;
  }

  int run(boolean follows) throws InterruptedException {
    BatchStatus before = BatchCommand.known(gateway, id);
    OutputStream out = new BufferedOutputStream(cli.surroundings().out(), 64 << 10);
    try (Feed<TaskStatus> feed = gateway.results(id, 0, follows)) {
      Runnable stop = feed::close;
      cli.surroundings()
          .interrupts()
          .handle(
              () -> {
                interrupted.set(true);
                stop.run();
              });
      for (Optional<TaskStatus> next = feed.next(); next.isPresent(); next = feed.next()) {
        take(next.get(), out);
        if (follows) {
          out.flush();
        }
      }
      out.flush();
    } catch (IOException closed) {
      cli.say("nobody reads the results any more; batch " + id + " goes on");
      return ExitCodes.INTERRUPTED;
    }
    if (interrupted.get()) {
      cli.say("interrupted; batch " + id + " goes on");
      return ExitCodes.INTERRUPTED;
    }
    return conclusion(follows ? BatchCommand.known(gateway, id) : before);
  }

  private void take(TaskStatus task, OutputStream out) throws IOException {
    ended++;
    if (form == Form.JSON) {
      out.write(JsonCodec.write(task.json(), "a member").bytes());
      out.write('\n');
    } else if (task.state() == TaskStatus.State.SUCCEEDED) {
      writeResult(task, out);
    }
    if (task.state() != TaskStatus.State.SUCCEEDED) {
      failed++;
      if (firstFailure == null) {
        firstFailure =
            "member " + task.batchIndex() + " (" + task.id() + ") " + TaskTexts.ended(task);
      }
    }
  }

  private void writeResult(TaskStatus task, OutputStream out) throws IOException {
    if (withId) {
      String start =
          "{\"member\":" + task.batchIndex() + ",\"id\":\"" + task.id() + "\",\"result\":";
      out.write(start.getBytes(StandardCharsets.US_ASCII));
    }
    out.write((task.result() == null ? JsonText.NULL : task.result()).bytes());
    out.write(withId ? "}\n".getBytes(StandardCharsets.US_ASCII) : new byte[] {'\n'});
  }

  private int conclusion(BatchStatus batch) {
    if (firstFailure != null) {
      cli.say(
          Progress.number(ended)
              + " done: "
              + Progress.number(ended - failed)
              + " succeeded, "
              + Progress.number(failed)
              + " not; first failure: "
              + firstFailure);
    }
    if (batch.state() == BatchStatus.State.ABANDONED) {
      cli.say("batch " + id + " is abandoned: it was never closed");
    } else if (!batch.state().ended()) {
      cli.say(
          "batch "
              + id
              + " is "
              + batch.state().word()
              + " and goes on: these are the results so far ('--follow' waits for the rest)");
    }
    boolean good = firstFailure == null && batch.state() != BatchStatus.State.ABANDONED;
    return good ? ExitCodes.OK : ExitCodes.TASK_FAILED;
  }
}
