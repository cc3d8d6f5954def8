package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.registry.ClosedTypes;
import dev.warren.engine.registry.TypeAnnouncement;
import dev.warren.engine.registry.TypeCatalog;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What a task type takes, as its workers announced it. */
final class TypeHelp {
  private static final String HELLO = "hello";

  private TypeHelp() {}

  /** The type, or an error that names what is missing. */
  static String required(CommandSpec spec, @Nullable String type) {
    if (type == null) {
      throw new ConfigurationException(
          "which task type? '" + spec.qualifiedName() + " TYPE'; 'warren types' lists them");
    }
    return type;
  }

  /** Help of a command, or of the type that it names. */
  static int show(Cli cli, CommandSpec spec, @Nullable String type) {
    if (type == null) {
      spec.commandLine().usage(cli.out());
    } else {
      print(found(cli, type), cli.out());
    }
    return ExitCodes.OK;
  }

  /**
   * What is known of a type.
   *
   * @throws TaskRefusedException naming a near type if there is none of this name
   */
  static TypeAnnouncement found(Cli cli, String type) {
    TypeCatalog catalog = cli.types(cli.connections());
    return catalog.find(type).orElseThrow(() -> unknown(catalog, type));
  }

  private static TaskRefusedException unknown(TypeCatalog catalog, String type) {
    String near =
        ClosedTypes.howToOpen(type)
            .map(how -> "; " + how)
            .or(() -> catalog.nearest(type).map(name -> "; did you mean '" + name + "'?"))
            .orElse("; 'warren types' lists what the fleet knows");
    return new TaskRefusedException(
        TaskRefusedException.Reason.UNKNOWN_TYPE, "no task type '" + type + "'" + near);
  }

  static void print(TypeAnnouncement type, PrintStream out) {
    ArgumentSchema schema = new ArgumentSchema(type.type(), type.argumentsSchema());
    out.println(type.type() + (type.description().isEmpty() ? "" : ": " + type.description()));
    out.println();
    if (schema.isWhole()) {
      out.println("Argument: " + (schema.type().equals("any") ? "any JSON" : schema.type()));
    } else if (schema.names().isEmpty()) {
      out.println("Arguments: none");
    } else {
      out.println("Arguments:");
      int width = schema.names().stream().mapToInt(String::length).max().orElse(0);
      for (String name : schema.names()) {
        JsonNode field = schema.field(name);
        String line =
            "  "
                + name
                + " ".repeat(width - name.length() + 2)
                + schema.shownType(name)
                + (schema.isRequired(name) ? "" : ", optional")
                + (field.hasNonNull("description")
                    ? ": " + field.path("description").asText()
                    : "");
        out.println(OneLine.of("x" + line).substring(1));
      }
    }
    out.println();
    out.println(
        "Queue "
            + type.queue()
            + ", lane "
            + type.lane().word()
            + ", at most "
            + type.maxAttempts()
            + (type.maxAttempts() == 1 ? " attempt of " : " attempts of ")
            + Durations.format(type.timeLimit())
            + (type.version().isEmpty() ? "" : ", version " + type.version()));
    out.println();
    out.println("Example:");
    out.println("  " + example(schema));
  }

  /** A command line that fits. */
  static String example(ArgumentSchema schema) {
    StringBuilder line = new StringBuilder("warren submit ").append(schema.taskType());
    if (schema.isWhole()) {
      line.append(" '").append(sample(schema.schema(), HELLO)).append('\'');
    }
    List<String> shown = new ArrayList<>(schema.required());
    if (shown.isEmpty() && !schema.names().isEmpty()) {
      shown.add(schema.names().getFirst());
    }
    for (String name : shown) {
      if (name.equals(ArgumentTemplate.COMMAND) && schema.typeOf(name).equals("array")) {
        return line.append(" --wait -- COMMAND …").toString();
      }
      JsonNode sample = sample(schema.field(name), name);
      line.append(' ').append(name);
      if (sample.isTextual()) {
        line.append('=').append(sample.asText());
      } else {
        String json = sample.toString();
        line.append(":=")
            .append(json.startsWith("[") || json.startsWith("{") ? "'" + json + "'" : json);
      }
    }
    return line.append(" --wait").toString();
  }

  private static JsonNode sample(JsonNode field, String name) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (field.path("enum").size() > 0) {
      return field.path("enum").get(0);
    }
    JsonNode type = field.path("type");
    String first = type.isArray() ? type.path(0).asText() : type.asText();
    return switch (first) {
      case "integer" -> nodes.numberNode(100);
      case "number" -> nodes.numberNode(1.5);
      case "boolean" -> nodes.booleanNode(true);
      case "array" -> {
        ArrayNode array = nodes.arrayNode();
        array.add(sample(field.path("items"), name));
        yield array;
      }
      case "object" -> nodes.objectNode();
      default -> nodes.textNode(text(field, name));
    };
  }

  private static String text(JsonNode field, String name) {
    return switch (field.path("format").asText("")) {
      case "duration" -> "PT1.5S";
      case "date-time" -> "2026-11-22T10:00:00Z";
      case "uri" -> "https://example.org";
      default -> name.equals(HELLO) ? HELLO : name.toUpperCase(Locale.ROOT);
    };
  }
}
