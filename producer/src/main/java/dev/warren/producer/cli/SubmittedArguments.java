package dev.warren.producer.cli;

import dev.warren.api.CodecException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The arguments of one task, from the words of a command line. */
final class SubmittedArguments {
  /** More than any message may weigh; the exact limit is the wire contract's to tell. */
  private static final int MAX_INPUT_BYTES = 8 << 20;

  private SubmittedArguments() {}

  /**
   * Nothing is {@code {}}; one word is JSON, {@code @file} or {@code -} for standard input; all
   * else are pairs.
   */
  static JsonText read(List<String> words, InputStream in) {
    if (words.isEmpty()) {
      return JsonText.EMPTY_OBJECT;
    }
    String first = words.get(0);
    if (words.size() == 1) {
      if (first.equals("-")) {
        return checked(readStream(in), "standard input");
      }
      if (first.startsWith("@") && first.indexOf('=') < 0) {
        return checked(readFile(first.substring(1)), "file " + first.substring(1));
      }
    }
    if (looksLikeJson(first) || (words.size() == 1 && isJson(first))) {
      if (words.size() > 1) {
        throw new ConfigurationException(
            "after the JSON arguments comes '"
                + OneLine.of(words.get(1), 40)
                + "': quote the whole JSON, as in '{\"name\": 1}'");
      }
      return checked(JsonText.of(first), "the argument");
    }
    return JsonCodec.write(ArgumentTemplate.parse(words).literal(), "the arguments");
  }

  /** The words of a command, and pairs beside it. */
  static JsonText ofCommand(GivenWords given) {
    ArgumentTemplate template = ArgumentTemplate.parse(given.arguments());
    return JsonCodec.write(template.withCommand(given.command()).literal(), "the arguments");
  }

  static boolean looksLikeJson(String word) {
    String start = word.stripLeading();
    return start.startsWith("{") || start.startsWith("[") || start.startsWith("\"");
  }

  /** Numbers, true, false, null. */
  private static boolean isJson(String word) {
    try {
      JsonCodec.requireJson(JsonText.of(word), "the argument");
      return true;
    } catch (CodecException other) {
      return false;
    }
  }

  private static JsonText checked(JsonText text, String what) {
    return JsonCodec.requireJson(text, what);
  }

  private static JsonText readStream(InputStream in) {
    try {
      return limited(in.readNBytes(MAX_INPUT_BYTES + 1), "standard input");
    } catch (IOException unreadable) {
      throw new ConfigurationException(
          "standard input cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static JsonText readFile(String name) {
    try (InputStream in = Files.newInputStream(Path.of(name))) {
      return limited(in.readNBytes(MAX_INPUT_BYTES + 1), "file " + name);
    } catch (NoSuchFileException missing) {
      throw new ConfigurationException("there is no file " + name, missing);
    } catch (IOException | InvalidPathException unreadable) {
      throw new ConfigurationException(
          "file " + name + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static JsonText limited(byte[] bytes, String what) {
    if (bytes.length > MAX_INPUT_BYTES) {
      throw new TaskRefusedException(
          TaskRefusedException.Reason.TOO_LARGE,
          what
              + " is larger than "
              + MAX_INPUT_BYTES
              + " bytes, too large for a task's arguments: store the data elsewhere and send its"
              + " address");
    }
    return JsonText.wrap(bytes);
  }
}
