package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads the flags of a program whose settings are all it takes: {@code --key value}, {@code
 * --key=value}, {@code --config FILE}, {@code --help}.
 *
 * @param flags values by the key's name.
 * @param file what {@code --config} names.
 */
public record CommandLine(Map<String, List<String>> flags, Optional<Path> file) {
  private static final String CONFIG = "--config";
  private static final int HELP_COLUMN = 34;

  public CommandLine {
    flags = Map.copyOf(flags);
  }

  /** Whether {@code --help} or {@code -h} is among the arguments. */
  public static boolean asksForHelp(String[] args) {
    for (String argument : args) {
      if (argument.equals("--help") || argument.equals("-h")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads the arguments.
   *
   * @throws ConfigurationException on an unknown flag, with a near one, or a missing value.
   */
  public static CommandLine parse(String program, List<Key<?>> keys, List<String> args) {
    Map<String, Key<?>> byFlag = new HashMap<>();
    for (Key<?> key : keys) {
      byFlag.put(key.flag(), key);
      key.flagAlias().ifPresent(alias -> byFlag.put(alias, key));
    }
    Map<String, List<String>> flags = new LinkedHashMap<>();
    Optional<Path> file = Optional.empty();
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      int equals = argument.indexOf('=');
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      Optional<String> joined =
          equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
      Key<?> key = byFlag.get(flag);
      if (flag.equals(CONFIG)) {
        file = Optional.of(existing(joined.orElseGet(() -> next(rest, flag))));
      } else if (key == null) {
        throw unknown(program, flag, byFlag);
      } else {
        String value =
            joined.orElseGet(() -> key.shape() == Key.Shape.SWITCH ? "true" : next(rest, flag));
        flags.computeIfAbsent(key.name(), name -> new ArrayList<>()).add(value);
      }
    }
    return new CommandLine(flags, file);
  }

  private static String next(Iterator<String> rest, String flag) {
    if (!rest.hasNext()) {
      throw new ConfigurationException(flag + " needs a value");
    }
    String value = rest.next();
    if (value.startsWith("--")) {
      throw new ConfigurationException(
          flag + " needs a value; write " + flag + "=VALUE for one that begins with dashes");
    }
    return value;
  }

  private static Path existing(String name) {
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException("--config names no file: " + name);
    }
    return file;
  }

  private static ConfigurationException unknown(
      String program, String flag, Map<String, Key<?>> byFlag) {
    // Not repeated whole: what is not understood may be a secret.
    String what =
        flag.startsWith("-") ? "unknown flag " + flag : "unexpected argument '" + flag + "'";
    return new ConfigurationException(
        what
            + NearNames.hint(flag, new TreeSet<>(byFlag.keySet()))
            + " ('"
            + program
            + " --help' lists all)");
  }

  /** The text for {@code --help}: all keys in three tiers. */
  public static String help(String program, String summary, List<Key<?>> keys) {
    StringBuilder text = new StringBuilder();
    text.append("Usage: ").append(program).append(" [--config FILE] [FLAGS]\n");
    text.append(summary).append('\n');
    for (Tier tier : Tier.values()) {
      List<Key<?>> ofTier = new ArrayList<>();
      keys.stream().filter(key -> key.tier() == tier).forEach(ofTier::add);
      if (!ofTier.isEmpty()) {
        text.append('\n').append(tier.title()).append(":\n");
        ofTier.forEach(key -> describe(text, key));
      }
    }
    text.append(
        """

        Each flag is also a line of the configuration file (--broker-uri is 'broker.uri:') and an
        environment variable (WARREN_BROKER_URI). A flag wins over the environment, that over the
        file: $WARREN_CONFIG, ./warren.yaml or ~/.config/warren/warren.yaml. What is on by default is
        switched off by '=false' behind its flag.
        """);
    return text.toString();
  }

  private static void describe(StringBuilder text, Key<?> key) {
    String name =
        key.isSecret()
            ? key.environment()
            : key.flagAlias().map(alias -> alias + ", ").orElse("")
                + key.flag()
                + (key.valueName().isEmpty() ? "" : " " + key.valueName());
    text.append("  ").append(name);
    text.append(
        name.length() + 4 > HELP_COLUMN
            ? "\n" + " ".repeat(HELP_COLUMN)
            : " ".repeat(HELP_COLUMN - 2 - name.length()));
    text.append(key.description());
    key.defaultText()
        .filter(value -> !value.isEmpty())
        .ifPresent(value -> text.append(" Default: ").append(value).append('.'));
    if (key.isSecret()) {
      text.append(" No flag.");
    }
    text.append('\n');
  }
}
