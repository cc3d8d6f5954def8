package dev.warren.worker.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * {@code warren worker status}: the worker programs of this machine and their processes. Asks no
 * broker.
 */
public final class StatusCommand {
  /** For {@code --help}. */
  public static final String HELP =
      """
      Usage: warren worker status [--json] [--state-dir PATH]
      Lists the worker programs that run on this machine and their processes. Needs no broker.

        --json                          One JSON array instead of a table.
        --state-dir PATH                Where they keep their notes. Default: what they have by
                                        default, and what 'warren up' gives them.

      Exit code 0 if all are ready, 1 if one is not or none runs.
      """;

  private static final List<String> HEAD =
      List.of(
          "PROGRAM",
          "PROCESS",
          "PID",
          "STATE",
          "UP",
          "RESTARTS",
          "RUNNING",
          "WAITING",
          "MEMORY",
          "QUEUES");

  private StatusCommand() {}

  /**
   * Prints them.
   *
   * @return the exit code: 0 if all are ready
   */
  public static int run(
      List<Path> stateFolders, boolean json, PrintStream output, PrintStream errors) {
    List<ObjectNode> programs = LocalPrograms.below(stateFolders);
    if (json) {
      ArrayNode all = JsonCodec.json().createArrayNode();
      programs.forEach(all::add);
      output.println(JsonCodec.write(all, "the status"));
    } else if (programs.isEmpty()) {
      errors.println(
          "warren worker: no worker program runs here, by the notes in "
              + stateFolders.stream().map(Path::toString).collect(Collectors.joining(" and ")));
    } else {
      print(programs, output);
    }
    boolean ready =
        programs.stream().allMatch(program -> program.path("state").asText().equals("ready"));
    return ready && !programs.isEmpty() ? 0 : 1;
  }

  private static void print(List<ObjectNode> programs, PrintStream output) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    List<String> notes = new ArrayList<>();
    for (ObjectNode program : programs) {
      rows.addAll(rows(program));
      note(program, notes);
    }
    int columns = HEAD.size();
    int[] widths = new int[columns];
    rows.forEach(
        row -> {
          for (int i = 0; i < columns; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
          }
        });
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      output.println(line.toString().stripTrailing());
    }
    notes.forEach(output::println);
  }

  private static List<List<String>> rows(JsonNode program) {
    List<List<String>> rows = new ArrayList<>();
    boolean supervisor = program.path("kind").asText().equals("supervisor");
    String name = String.valueOf(program.path("pid").asLong());
    if (supervisor) {
      rows.add(
          List.of(
              name,
              "supervisor of " + program.path("range").asText(),
              name,
              program.path("restarting").asBoolean()
                  ? "restarting"
                  : program.path("state").asText(),
              up(program),
              "",
              "",
              "",
              "",
              ""));
    }
    for (JsonNode process : program.path("processes")) {
      rows.add(row(supervisor ? "" : name, process));
    }
    return rows;
  }

  private static List<String> row(String program, JsonNode process) {
    boolean runs = process.path("pid").asLong() > 0;
    boolean answers = process.has("running");
    return List.of(
        program,
        process.path("name").asText(),
        runs ? process.path("pid").asText() : "",
        process.path("status").asText(),
        runs ? up(process) : "",
        process.path("restarts").asText(),
        answers ? process.path("running").asText() : "",
        answers ? process.path("waiting").asText() : "",
        process.has("memory") ? process.path("memory").asLong() / 1_048_576 + " MiB" : "",
        StreamSupport.stream(process.path("queues").spliterator(), false)
            .map(queue -> queue.path("queue").asText())
            .collect(Collectors.joining(",")));
  }

  private static void note(JsonNode program, List<String> notes) {
    String reason = program.path("reason").asText();
    if (!reason.isEmpty()) {
      notes.add(program.path("pid").asText() + ": " + reason);
      return;
    }
    for (JsonNode process : program.path("processes")) {
      String why = process.path("reason").asText();
      if (!why.isEmpty()) {
        notes.add(program.path("pid").asText() + " " + process.path("name").asText() + ": " + why);
      }
    }
  }

  private static String up(JsonNode of) {
    Duration up = Duration.between(Instant.ofEpochMilli(of.path("since").asLong()), Instant.now());
    if (up.toSeconds() < 120) {
      return up.toSeconds() + " s";
    }
    if (up.toMinutes() < 120) {
      return up.toMinutes() + " min";
    }
    return up.toHours() < 48 ? up.toHours() + " h" : up.toDays() + " d";
  }
}
