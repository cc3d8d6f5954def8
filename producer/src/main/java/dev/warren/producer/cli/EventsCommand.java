package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.ConfigurationException;
import dev.warren.api.Names;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.producer.gateway.EventFilter;
import dev.warren.producer.gateway.Feed;
import dev.warren.producer.gateway.ServerEvent;
import dev.warren.producer.gateway.TaskStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren events}. */
@Command(
    name = "events",
    description = {
      "The tasks of the fleet that have ended, a line each; with --follow as they end.",
      "Needs a gateway."
    })
final class EventsCommand implements Callable<Integer> {
  private static final int MOST = 1_000;
  private static final int CHANGES_PER_END = 10;

  private final Cli cli;
  private final AtomicBoolean interrupted = new AtomicBoolean();

  @Option(names = "--follow", description = "Go on with those that end from now on.")
  private boolean follows;

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "So many that ended before, at most. Default: 20, or with --follow none.")
  private @Nullable Integer last;

  @Option(names = "--type", paramLabel = "TYPE", description = "Only tasks of this type.")
  private @Nullable String type;

  @Option(names = "--queue", paramLabel = "NAME", description = "Only tasks of this queue.")
  private @Nullable String queue;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only tasks that ended so: succeeded, dead, cancelled, expired.")
  private TaskStatus.@Nullable State state;

  @Mixin private OutputOption output = new OutputOption();

  EventsCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws InterruptedException {
    int before = last == null ? (follows ? 0 : 20) : last;
    if (before < 0 || before > MOST) {
      throw new ConfigurationException("--last is from 0 to " + MOST + ", not " + before);
    }
    if (state != null && !state.ended()) {
      throw new ConfigurationException(
          "--state is succeeded, dead, cancelled or expired, not " + state.word());
    }
    EventFilter filter =
        new EventFilter(
            type == null ? null : Names.requireType(type),
            queue == null ? null : Names.requireQueue(queue),
            state);
    try (GatewayDoor door = cli.gateway();
        Feed<ServerEvent> feed = door.client().events(filter, changes(before), follows)) {
      Runnable stop = feed::close;
      cli.surroundings()
          .interrupts()
          .handle(
              () -> {
                interrupted.set(true);
                stop.run();
              });
      if (follows) {
        print(feed);
      } else {
        printLast(feed, before);
      }
    } catch (IOException closed) {
      // Nobody reads any more, as 'head' does not after its lines: that is what was wanted.
      return ExitCodes.OK;
    }
    return interrupted.get() ? ExitCodes.INTERRUPTED : ExitCodes.OK;
  }

  /** Ends are only some of the changes that the gateway counts back. */
  private int changes(int before) {
    return follows ? before : Math.min(MOST, before * CHANGES_PER_END);
  }

  private void print(Feed<ServerEvent> feed) throws IOException {
    for (Optional<ServerEvent> next = feed.next(); next.isPresent(); next = feed.next()) {
      print(next.get());
    }
  }

  private void printLast(Feed<ServerEvent> feed, int count) throws IOException {
    Deque<ServerEvent> latest = new ArrayDeque<>();
    for (Optional<ServerEvent> next = feed.next(); next.isPresent(); next = feed.next()) {
      latest.addLast(next.get());
      if (latest.size() > count) {
        latest.removeFirst();
      }
    }
    for (ServerEvent each : latest) {
      print(each);
    }
  }

  private void print(ServerEvent event) throws IOException {
    OutputStream out = cli.surroundings().out();
    JsonNode task = event.data();
    String line =
        output.format() == OutputFormat.JSON
            ? JsonCodec.write(task, "an event").toString()
            : text(task);
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** {@code 2026-11-22T10:00:00Z succeeded echo <id>}, and why not. */
  private static String text(JsonNode task) {
    String at = task.path("endedAt").asText();
    String failure = task.path("failure").path("message").asText();
    return OneLine.of(
        String.format(
            "%-20s  %-9s  %-10s  %s  %s%s",
            at.length() > 19 ? at.substring(0, 19) + "Z" : at,
            task.path("state").asText(),
            task.path("queue").asText(),
            task.path("id").asText(),
            task.path("type").asText(),
            failure.isEmpty() ? "" : ": " + OneLine.of(failure, 200)));
  }
}
