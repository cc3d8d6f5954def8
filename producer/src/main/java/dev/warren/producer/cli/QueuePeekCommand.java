package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.PeekedMessage;
import dev.warren.producer.dead.WorkQueues;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code warren queue peek}. */
@Command(
    name = "peek",
    description = {
      "Shows tasks that wait at the head of a queue, and gives them back.",
      "For that moment workers do not get them. RabbitMQ before 4.3 counts each look as a delivery; a"
          + " task that was looked at often goes to the end of its queue, so that its count begins"
          + " anew."
    })
final class QueuePeekCommand implements Callable<Integer> {
  private static final int SHOWN_ARGUMENTS = 100;

  private final Cli cli;

  @Parameters(paramLabel = "QUEUE", description = QueueCommand.NAME)
  private String queue = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "So many at most, up to " + WorkQueues.MAX_PEEK + ". Default: 10.")
  private int limit = 10;

  @Mixin private LineOption output = new LineOption();

  QueuePeekCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 1 || limit > WorkQueues.MAX_PEEK) {
      throw new ConfigurationException(
          "--limit is from 1 to " + WorkQueues.MAX_PEEK + ", not " + limit);
    }
    List<PeekedMessage> messages;
    try (WarrenClient client = cli.client(1)) {
      messages = client.workQueues().peek(queue, limit);
    }
    if (output.format(cli) == OutputFormat.JSON) {
      try (JsonLines lines = new JsonLines(cli)) {
        messages.forEach(message -> write(message, lines));
      }
    } else {
      Table table = new Table("id", "type", "attempt", "enqueued", "returned", "arguments");
      messages.forEach(message -> add(table, message));
      table.print(OutputFormat.TABLE, cli.out());
    }
    if (messages.isEmpty()) {
      cli.say("no task waits in queue '" + queue + "'");
    }
    return ExitCodes.OK;
  }

  private static void add(Table table, PeekedMessage message) {
    if (message.tasks().isEmpty()) {
      table.row("", message.type(), 0, "", message.returned(), "no task: " + message.problem());
    }
    for (TaskMessage task : message.tasks()) {
      table.row(
          task.id().toString(),
          task.type(),
          task.attempt(),
          TaskTexts.time(task.enqueuedAt()),
          message.returned(),
          OneLine.of(task.arguments().toString(), SHOWN_ARGUMENTS));
    }
  }

  private static void write(PeekedMessage message, JsonLines lines) {
    if (message.tasks().isEmpty()) {
      ObjectNode line = JsonCodec.json().createObjectNode();
      line.put("type", message.type()).put("problem", message.problem());
      line.put("returned", message.returned());
      lines.write(line);
    }
    for (TaskMessage task : message.tasks()) {
      ObjectNode line = JsonCodec.json().createObjectNode();
      line.put("id", task.id().toString()).put("type", task.type());
      line.put("generation", task.generation()).put("attempt", task.attempt());
      line.put("enqueued", task.enqueuedAt().toString()).put("returned", message.returned());
      line.set("arguments", tree(task.arguments()));
      lines.write(line);
    }
  }

  /** The arguments as JSON; as text, if they are none. */
  static JsonNode tree(JsonText text) {
    try {
      return JsonCodec.tree(text, "the arguments");
    } catch (CodecException noJson) {
      return JsonCodec.json().getNodeFactory().textNode(text.toString());
    }
  }
}
