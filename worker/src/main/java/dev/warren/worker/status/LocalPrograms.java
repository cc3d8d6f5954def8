package dev.warren.worker.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.worker.crash.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The worker programs that run on this machine, found by the folders that they keep. */
final class LocalPrograms {
  /** They tell more often if they can. */
  private static final Duration SILENT = Duration.ofSeconds(15);

  private LocalPrograms() {}

  /** What each of them tells, with the memory of its processes. */
  static List<ObjectNode> below(List<Path> stateFolders) {
    Set<Path> folders = new LinkedHashSet<>();
    try {
      for (Path state : stateFolders) {
        for (Path folder : RunFolder.below(state)) {
          folders.add(folder.toAbsolutePath().normalize());
        }
      }
    } catch (IOException | UncheckedIOException gone) {
      throw new IllegalStateException("a state folder cannot be read: " + gone.getMessage(), gone);
    }
    List<ObjectNode> programs = new ArrayList<>();
    for (Path folder : folders) {
      long pid = RunFolder.pid(folder);
      if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
        StatusFile.read(folder.resolve("status.json"))
            .filter(ObjectNode.class::isInstance)
            .map(ObjectNode.class::cast)
            .ifPresent(told -> programs.add(completed(told, folder)));
      }
    }
    return programs;
  }

  private static ObjectNode completed(ObjectNode program, Path folder) {
    program.put("folder", folder.toString());
    long silent = System.currentTimeMillis() - program.path("at").asLong();
    if (silent > SILENT.toMillis()) {
      program.put("state", "silent");
      program.put("reason", "it has told nothing for " + silent / 1000 + " s");
    }
    for (JsonNode process : program.path("processes")) {
      if (process instanceof ObjectNode one) {
        Memory.ofTree(one.path("pid").asLong()).ifPresent(bytes -> one.put("memory", bytes));
      }
    }
    return program;
  }
}
