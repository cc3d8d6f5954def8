package dev.warren.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The script {@code deploy/broker/node}, packed into this jar. */
final class NodeScript {
  private static final Logger LOG = LoggerFactory.getLogger(NodeScript.class);

  private final Path file;

  private NodeScript(Path file) {
    this.file = file;
  }

  static NodeScript unpacked() {
    return Holder.SCRIPT;
  }

  static Path newFolder() {
    try {
      return Files.createTempDirectory("warren-broker-");
    } catch (IOException e) {
      throw new BrokerException("no folder for a private node", e);
    }
  }

  /**
   * Runs one command of the script.
   *
   * @return what it printed
   */
  String run(String command, Path folder, String... arguments) {
    List<String> line = new ArrayList<>(List.of("bash", file.toString(), command));
    line.add(folder.toString());
    line.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output;
      try (InputStream stream = process.getInputStream()) {
        output = new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
      }
      if (process.waitFor() != 0) {
        throw new BrokerException(
            "'node %s' failed, for the private RabbitMQ node in %s:%n%s%n%s"
                .formatted(command, folder, output, BrokerChoice.HOW_TO_GET_A_BROKER));
      }
      LOG.debug("node {}: {}", command, output);
      return output;
    } catch (IOException e) {
      throw new BrokerException("cannot run bash " + file + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted in 'node " + command + "'", e);
    }
  }

  /** Unpacked once for the JVM, when first wanted. */
  private static final class Holder {
    static final NodeScript SCRIPT = new NodeScript(unpack());

    private static Path unpack() {
      try (InputStream resource =
          Objects.requireNonNull(
              NodeScript.class.getResourceAsStream("node"), "the testkit's jar lacks the script")) {
        Path file = Files.createTempFile("warren-node-", ".sh");
        file.toFile().deleteOnExit();
        Files.write(file, resource.readAllBytes());
        return file;
      } catch (IOException e) {
        throw new BrokerException("cannot unpack the script that runs private nodes", e);
      }
    }
  }
}
