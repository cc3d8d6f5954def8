package dev.warren.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The text of the files that deploy Warren, by their path in the repository. Immutable, so that a
 * test can plant a mistake in a copy.
 */
final class DeployFiles {
  static final String COMPOSE = "deploy/compose.yaml";
  static final String DOCKERFILE = "deploy/docker/Dockerfile";
  static final String KUBERNETES = "deploy/kubernetes/";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What Compose replaces by a variable of the environment: <code>${NAME:-default}</code>. */
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_]+:-([^}]*)}");

  private final Map<String, String> texts;

  private DeployFiles(Map<String, String> texts) {
    this.texts = texts;
  }

  static DeployFiles ofRepository() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("deploy/kubernetes"))) {
      root = root.getParent();
      if (root == null) {
        throw new IllegalStateException("not started inside the repository");
      }
    }
    Map<String, String> texts = new TreeMap<>();
    for (String part : List.of("deploy", "docs", "README.md")) {
      try (Stream<Path> files = Files.walk(root.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = root.relativize(file).toString();
          if (!name.matches("deploy/(target|checks|secrets)/.*|.*/overlays/[^/]*/secrets/.*")) {
            texts.put(name, read(file));
          }
        }
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    return new DeployFiles(texts);
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (MalformedInputException noText) {
      return "";
    }
  }

  /** A copy with another word in one place of one file. */
  DeployFiles with(String path, String old, String changed) {
    String text = text(path);
    if (!text.contains(old)) {
      throw new IllegalArgumentException(path + " does not contain " + old);
    }
    Map<String, String> copy = new TreeMap<>(texts);
    copy.put(path, text.replaceFirst(Pattern.quote(old), Matcher.quoteReplacement(changed)));
    return new DeployFiles(copy);
  }

  Map<String, String> all() {
    return texts;
  }

  boolean has(String path) {
    return texts.containsKey(path);
  }

  String text(String path) {
    String text = texts.get(path);
    if (text == null) {
      throw new IllegalArgumentException("there is no " + path);
    }
    return text;
  }

  /** The documents of a YAML or JSON file, with variables at their defaults. */
  List<JsonNode> documents(String path) {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : yaml.loadAll(VARIABLE.matcher(text(path)).replaceAll("$1"))) {
      documents.add(JSON.valueToTree(document));
    }
    return documents;
  }

  /** All objects of Kubernetes, those of Kustomize included, by the file they stand in. */
  Map<String, List<JsonNode>> kubernetes() {
    Map<String, List<JsonNode>> objects = new TreeMap<>();
    for (String path : texts.keySet()) {
      if (path.startsWith(KUBERNETES) && path.endsWith(".yaml")) {
        List<JsonNode> documents = documents(path);
        if (documents.stream().allMatch(document -> document.has("apiVersion"))) {
          objects.put(path, documents);
        }
      }
    }
    return objects;
  }
}
