package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.FoundLetter;
import dev.warren.producer.dead.LetterGroup;
import dev.warren.producer.dead.LetterQuery;
import dev.warren.producer.dead.LetterReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code warren dead list}. */
@Command(name = "list", description = "Lists dead letters, or what they died of. Changes nothing.")
final class DeadListCommand implements Callable<Integer> {
  private static final int TABLE_LIMIT = 100;
  private static final int MAX_LIMIT = 10_000;

  private final Cli cli;

  @Mixin private LetterFlags flags = new LetterFlags();

  @Option(
      names = "--group",
      description = "Count them by queue, type and error instead; numbers in errors count as one.")
  private boolean grouped;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "The newest so many, up to "
              + MAX_LIMIT
              + ". Default: "
              + TABLE_LIMIT
              + " in a table, else all, in no order.")
  private @Nullable Integer limit;

  @Mixin private LineOption output = new LineOption();

  DeadListCommand(Cli cli) {
    this.cli = cli;
  }

  @Override
  public Integer call() throws IOException {
    if (limit != null && (limit < 1 || limit > MAX_LIMIT)) {
      throw new ConfigurationException("--limit is from 1 to " + MAX_LIMIT + ", not " + limit);
    }
    AtomicBoolean interrupted = new AtomicBoolean();
    try (WarrenClient client = cli.client(1)) {
      DeadLetters letters = client.deadLetters();
      LetterQuery query =
          LetterQuery.of(
                  flags.boxes(cli, letters), flags.filter(cli.surroundings().clock(), Set.of()))
              .until(interrupted::get);
      cli.surroundings().interrupts().handle(() -> interrupted.set(true));
      int exit = grouped ? groups(letters, query) : list(letters, query);
      return interrupted.get() ? ExitCodes.INTERRUPTED : exit;
    } catch (UncheckedIOException closed) {
      cli.say("nobody reads the letters any more");
      return ExitCodes.INTERRUPTED;
    }
  }

  private int list(DeadLetters letters, LetterQuery query) throws IOException {
    boolean table = output.format(cli) == OutputFormat.TABLE;
    if (!table && limit == null) {
      try (JsonLines lines = new JsonLines(cli)) {
        return conclusion(
            letters.look(query, found -> lines.write(LetterTexts.brief(found))), null);
      }
    }
    int most = limit == null ? TABLE_LIMIT : limit;
    // The oldest first, so that it can go when a newer one comes.
    PriorityQueue<FoundLetter> newest = new PriorityQueue<>(Comparator.comparing(this::died));
    LetterReport report =
        letters.look(
            query,
            found -> {
              newest.add(found);
              if (newest.size() > most) {
                newest.poll();
              }
            });
    int shown = newest.size();
    print(newest, table);
    return conclusion(report, shown);
  }

  private Instant died(FoundLetter found) {
    Instant died = found.letter().diedAt();
    return died == null ? Instant.MIN : died;
  }

  private void print(PriorityQueue<FoundLetter> oldestFirst, boolean asTable) throws IOException {
    List<FoundLetter> shown = new ArrayList<>();
    while (!oldestFirst.isEmpty()) {
      shown.addFirst(oldestFirst.poll());
    }
    if (asTable) {
      Table table = LetterTexts.table();
      shown.forEach(found -> LetterTexts.add(table, found));
      table.print(OutputFormat.TABLE, cli.out());
      return;
    }
    try (JsonLines lines = new JsonLines(cli)) {
      shown.forEach(found -> lines.write(LetterTexts.brief(found)));
    }
  }

  private int conclusion(LetterReport report, @Nullable Integer shown) {
    if (report.done() == 0 && report.broken().isEmpty()) {
      cli.say("no dead letters" + (flags.isNarrow() ? " like that" : "") + " in " + flags.place());
    } else if (shown != null && report.done() > shown) {
      cli.say(
          LetterFlags.letters(report.done())
              + "; these are the newest "
              + Progress.number(shown)
              + " (--limit, or --group)");
    }
    return LetterFlags.tell(cli, report);
  }

  private int groups(DeadLetters letters, LetterQuery query) throws IOException {
    List<LetterGroup> groups = letters.groups(query);
    if (output.format(cli) == OutputFormat.JSON) {
      try (JsonLines lines = new JsonLines(cli)) {
        groups.forEach(group -> lines.write(json(group)));
      }
    } else {
      print(cli, groups);
    }
    if (groups.isEmpty()) {
      cli.say("no dead letters" + (flags.isNarrow() ? " like that" : "") + " in " + flags.place());
    }
    return ExitCodes.OK;
  }

  static void print(Cli cli, List<LetterGroup> groups) {
    Table table = new Table("letters", "queue", "type", "error", "newest", "example");
    for (LetterGroup group : groups) {
      String error = group.error().substring(group.error().lastIndexOf('.') + 1);
      table.row(
          group.letters(),
          group.queue(),
          group.type(),
          group.message().isEmpty() ? error : error + ": " + group.message(),
          TaskTexts.time(group.newest()),
          group.example());
    }
    table.print(OutputFormat.TABLE, cli.out());
  }

  private static ObjectNode json(LetterGroup group) {
    ObjectNode node = JsonCodec.json().createObjectNode();
    node.put("letters", group.letters()).put("queue", group.queue()).put("type", group.type());
    node.put("error", group.error()).put("message", group.message());
    put(node, "oldest", group.oldest());
    put(node, "newest", group.newest());
    node.put("example", group.example());
    return node;
  }

  private static void put(ObjectNode node, String name, @Nullable Instant time) {
    node.set(name, time == null ? NullNode.getInstance() : node.textNode(time.toString()));
  }
}
