package dev.warren.worker.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.CodecException;
import dev.warren.api.TaskId;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.journal.InFlight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks that were running when a worker crashed, in a file: a JSON object per line. One of them may
 * be the cause; all of them come again, as the broker has no acknowledgement for them.
 */
public final class Suspects {
  private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);
  private static final int TOLD = 20;

  /** The file keeps so many, the latest. */
  private static final int KEPT = 1_000;

  private Suspects() {}

  /** Logs which tasks were running, in a few lines at most. */
  public static void tell(String who, List<InFlight> running) {
    for (InFlight one : running.subList(0, Math.min(TOLD, running.size()))) {
      LOG.warn(
          "suspect: task {} ({}, attempt {}, generation {}) was running since {} when {} crashed;"
              + " it comes again",
          one.task(),
          one.type(),
          one.attempt(),
          one.generation(),
          one.started(),
          who);
    }
    if (running.size() > TOLD) {
      LOG.warn("and {} more tasks were running when {} crashed", running.size() - TOLD, who);
    }
  }

  /** Adds tasks to those that a JVM of a program is told of when it starts. */
  public static void addTo(RunFolder folder, String label, List<InFlight> ran) {
    if (ran.isEmpty()) {
      return;
    }
    try {
      add(folder.suspects(label), ran);
    } catch (IOException failed) {
      LOG.warn("{} is not told of {} suspects: {}", label, ran.size(), failed.toString());
    }
  }

  /** Adds tasks to a file of suspects. */
  public static void add(Path file, List<InFlight> running) throws IOException {
    List<InFlight> all = new ArrayList<>(read(file));
    all.addAll(running);
    List<String> lines = new ArrayList<>();
    for (InFlight one : all.subList(Math.max(0, all.size() - KEPT), all.size())) {
      lines.add(line(one));
    }
    Path partial = file.resolveSibling(file.getFileName() + ".new");
    Files.write(partial, lines);
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String line(InFlight one) {
    ObjectNode json = JsonCodec.json().createObjectNode();
    json.put("task", one.task().toString());
    json.put("generation", one.generation());
    json.put("attempt", one.attempt());
    json.put("started", one.started().toString());
    json.put("type", one.type());
    one.alone().ifPresent(crashes -> json.put("alone", crashes));
    return JsonCodec.write(json, "a suspect").toString();
  }

  /** The tasks in a file of suspects; none if there is no file. Lines that are none are skipped. */
  public static List<InFlight> read(Path file) throws IOException {
    List<InFlight> found = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        try {
          found.add(suspect(JsonCodec.tree(JsonText.of(line), "a suspect")));
        } catch (CodecException | java.time.DateTimeException unreadable) {
          LOG.warn("a line of {} is no suspect: {}", file, unreadable.getMessage());
        }
      }
    } catch (NoSuchFileException none) {
      return List.of();
    }
    return found;
  }

  private static InFlight suspect(JsonNode node) {
    return new InFlight(
        TaskId.of(node.path("task").asText()),
        node.path("generation").asInt(1),
        node.path("attempt").asInt(1),
        Instant.parse(node.path("started").asText()),
        node.path("type").asText(),
        node.has("alone") ? OptionalInt.of(node.path("alone").asInt()) : OptionalInt.empty());
  }
}
