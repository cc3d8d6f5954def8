package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.WarrenClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren workers}. */
@Command(
    name = "workers",
    description = "Asks all workers and gateways who they are and what they do.")
final class WorkersCommand implements Callable<Integer> {
  private final Cli cli;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "3s",
      description = "How long to wait for answers. Default: ${DEFAULT-VALUE}.")
  private Duration limit = Duration.ofSeconds(3);

  private static final int LONGEST_TROUBLE = 300;

  @Mixin private OutputOption output = new OutputOption();

  WorkersCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() {
    List<Pong> answers;
    try (WarrenClient client = cli.client(1)) {
      answers = client.fleet().ping(limit);
    }
    Table table =
        new Table(
            "process", "role", "host", "pid", "up", "queues", "lanes", "limits", "running", "done",
            "failed", "state", "paused", "version");
    Instant now = cli.surroundings().clock().instant();
    answers.forEach(pong -> add(table, pong, now));
    table.print(output.format(), cli.out());
    for (Pong pong : answers) {
      String trouble = pong.about().path("trouble").asText();
      if (!trouble.isEmpty()) {
        cli.say(pong.process() + " is in trouble: " + OneLine.of(trouble, LONGEST_TROUBLE));
      }
    }
    if (answers.isEmpty()) {
      cli.say("no worker answers: start one ('warren up' or 'warren worker')");
    }
    return ExitCodes.OK;
  }

  private static void add(Table table, Pong pong, Instant now) {
    JsonNode about = pong.about();
    table.row(
        pong.process(),
        about.path("role").asText(),
        about.path("host").asText(),
        orNull(about.path("pid")),
        up(about.path("since"), now),
        about.path("queues"),
        lanes(about.path("lanes")),
        limits(about.path("limits")),
        running(about),
        orNull(about.path("done")),
        orNull(about.path("failed")),
        about.path("state").asText(),
        List.copyOf(Pauses.of(List.of(pong)).keySet()),
        about.path("version").asText());
  }

  private static JsonNode orNull(JsonNode node) {
    return node.isMissingNode() ? NullNode.getInstance() : node;
  }

  private static String up(JsonNode since, Instant now) {
    if (!since.isNumber()) {
      return "";
    }
    return DurationText.of(Duration.between(Instant.ofEpochMilli(since.asLong()), now));
  }

  private static List<String> lanes(JsonNode lanes) {
    List<String> texts = new ArrayList<>();
    for (JsonNode lane : lanes) {
      texts.add(lane.path("lane").asText() + " " + lane.path("concurrency").asInt());
    }
    return texts;
  }

  /** As "mail.send 4/4, 7 wait, 12 sent away". */
  private static List<String> limits(JsonNode limits) {
    List<String> texts = new ArrayList<>();
    for (JsonNode limit : limits) {
      int waiting = limit.path("waiting").asInt();
      long away = limit.path("away").asLong();
      texts.add(
          "%s %d/%d%s%s"
              .formatted(
                  limit.path("type").asText(),
                  limit.path("running").asInt(),
                  limit.path("limit").asInt(),
                  waiting == 0 ? "" : ", " + waiting + " wait",
                  away == 0 ? "" : ", " + away + " sent away"));
    }
    return texts;
  }

  private static int running(JsonNode about) {
    int running = 0;
    for (JsonNode lane : about.path("lanes")) {
      running += lane.path("running").asInt();
    }
    return running;
  }
}
