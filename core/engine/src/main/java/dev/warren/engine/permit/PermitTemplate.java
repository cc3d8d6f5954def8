package dev.warren.engine.permit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.Names;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.wire.TaskMessage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which permits the tasks of a type need: a name, in which {@code {field}} stands for a field of
 * the arguments. What a field holds is made fit for a name: every character but letters, digits,
 * {@code _}, {@code -} and dots becomes {@code _}, so that two values may come to share permits,
 * and never to have more of them. A field that is not there is {@code none}.
 */
record PermitTemplate(String text) {
  private static final Pattern FIELD = Pattern.compile("\\{([^}]*)}");
  private static final int LONGEST_VALUE = 80;
  private static final String NONE = "none";

  PermitTemplate {
    Names.requirePermits(text);
  }

  /** The name for one task. */
  String nameFor(TaskMessage task) {
    if (text.indexOf('{') < 0) {
      return text;
    }
    JsonNode arguments = arguments(task);
    return FIELD
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(word(arguments.path(found.group(1)))));
  }

  private static JsonNode arguments(TaskMessage task) {
    try {
      return JsonCodec.json().readTree(task.arguments().toString());
    } catch (JsonProcessingException unreadable) {
      // It will be rejected where it is decoded; until then it may not run more often than others.
      return JsonCodec.json().missingNode();
    }
  }

  private static String word(JsonNode value) {
    if (!value.isValueNode() || value.isNull()) {
      return NONE;
    }
    String plain =
        value
            .asText()
            .replaceAll("[^A-Za-z0-9_.-]", "_")
            .replaceAll("\\.{2,}", ".")
            .replaceAll("^\\.|\\.$", "");
    if (plain.length() > LONGEST_VALUE) {
      String tail = Integer.toHexString(plain.hashCode());
      plain = plain.substring(0, LONGEST_VALUE - tail.length()).replaceAll("\\.$", "") + tail;
    }
    return plain.isEmpty() ? NONE : plain;
  }
}
