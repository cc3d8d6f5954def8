package dev.warren.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A container of our image, whatever describes it.
 *
 * @param where its file and name, for messages
 * @param arguments the role and what follows
 * @param environment the image's variables under its own
 * @param files the files it finds: settings and secrets, by path; the text of a setting file, else
 *     empty
 * @param writable folders it may write into
 * @param graceSeconds what it gets between SIGTERM and SIGKILL
 * @param hosts names and ports that it can reach, as {@code name:port}
 * @param described what describes it
 */
record Container(
    String where,
    List<String> arguments,
    Map<String, String> environment,
    Map<String, String> files,
    Set<String> writable,
    long graceSeconds,
    Set<String> hosts,
    JsonNode described) {
  String role() {
    return arguments.isEmpty() ? "help" : arguments.getFirst();
  }
}
