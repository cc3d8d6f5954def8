package dev.warren.engine.configuration;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A setting: {@code broker.uri} in a file is {@code --broker-uri} as a flag and {@code
 * WARREN_BROKER_URI} in the environment. Immutable; the {@code with}-like methods answer a changed
 * copy.
 *
 * @param <T> the type of its value.
 */
public final class Key<T> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([.-][a-z0-9]+)*");

  /** How values look on a command line and in help. */
  enum Shape {
    /** One value. */
    SINGLE,
    /** True or false; as a flag it needs no value. */
    SWITCH,
    /** Several values: repeated flags, a YAML list, or separated by commas. */
    LIST,
    /** Several {@code name=value}: repeated flags, or a YAML object; lines in the environment. */
    ENTRIES
  }

  private final String name;
  private final Shape shape;
  private final String valueName;
  private final Function<List<String>, T> parser;
  private final Details details;

  private record Details(
      @Nullable String alias,
      String description,
      Tier tier,
      @Nullable String defaultText,
      boolean secret,
      Function<String, String> mask,
      Function<String, Optional<String>> flagObjection) {
    static final Details NONE =
        new Details(
            null, "", Tier.RARELY, null, false, Function.identity(), text -> Optional.empty());
  }

  private Key(
      String name,
      Shape shape,
      String valueName,
      Function<List<String>, T> parser,
      Details details) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a key is dotted kebab-case, not " + name);
    }
    this.name = name;
    this.shape = shape;
    this.valueName = valueName;
    this.parser = parser;
    this.details = details;
  }

  /** A key with a parser of its own, which throws {@link ConfigurationException}. */
  public static <T> Key<T> of(String name, String valueName, Function<String, T> parser) {
    return new Key<>(
        name, Shape.SINGLE, valueName, values -> parser.apply(values.getLast()), Details.NONE);
  }

  public static Key<String> text(String name) {
    return of(name, "TEXT", Function.identity());
  }

  public static Key<Secret> secret(String name) {
    Key<Secret> key = of(name, "SECRET", Secret::of);
    Details d = key.details;
    return key.with(
        new Details(
            d.alias, d.description, d.tier, null, true, text -> Secret.MASK, d.flagObjection));
  }

  /** Durations like {@code 1h30m}. */
  public static Key<Duration> duration(String name) {
    return of(name, "DURATION", Durations::parse);
  }

  /** Sizes in bytes, like {@code 1MiB}. */
  public static Key<Long> size(String name) {
    return of(name, "SIZE", Sizes::parse);
  }

  /** A path; {@code ~/} is the home folder. */
  public static Key<Path> path(String name) {
    return of(name, "PATH", Key::parsePath);
  }

  public static Key<Integer> integer(String name, int least, int most) {
    return of(name, "NUMBER", text -> parseInteger(text, least, most));
  }

  /** One of an enum's constants, in lower case with hyphens. */
  public static <E extends Enum<E>> Key<E> choice(String name, Class<E> constants) {
    Map<String, E> words = new LinkedHashMap<>();
    for (E constant : constants.getEnumConstants()) {
      words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
    }
    return of(name, String.join("|", words.keySet()), text -> parseChoice(text, words));
  }

  /** True or false; the flag alone means true. */
  public static Key<Boolean> toggle(String name) {
    return new Key<>(
        name, Shape.SWITCH, "", values -> parseBoolean(values.getLast()), Details.NONE);
  }

  /** Several texts, none with a comma. */
  public static Key<List<String>> texts(String name) {
    return new Key<>(name, Shape.LIST, "TEXT,…", Key::parseList, Details.NONE).withDefault("");
  }

  /** Several {@code name=value}. */
  public static Key<Map<String, String>> entries(String name) {
    return new Key<>(name, Shape.ENTRIES, "NAME=VALUE", Key::parseEntries, Details.NONE)
        .withDefault("");
  }

  /** A short second name: {@code uri} is {@code --uri} and {@code WARREN_URI}. */
  public Key<T> withAlias(String alias) {
    Details d = details;
    return with(
        new Details(
            alias, d.description, d.tier, d.defaultText, d.secret, d.mask, d.flagObjection));
  }

  public Key<T> describedAs(String line) {
    Details d = details;
    return with(
        new Details(d.alias, line, d.tier, d.defaultText, d.secret, d.mask, d.flagObjection));
  }

  /** Default is {@link Tier#RARELY}. */
  public Key<T> in(Tier tier) {
    Details d = details;
    return with(
        new Details(
            d.alias, d.description, tier, d.defaultText, d.secret, d.mask, d.flagObjection));
  }

  /** The default, written as a user would write it. Without one the setting may be absent. */
  public Key<T> withDefault(String text) {
    Details d = details;
    return with(
        new Details(d.alias, d.description, d.tier, text, d.secret, d.mask, d.flagObjection));
  }

  /** How a listing shows a value that may contain a secret. */
  Key<T> maskedBy(Function<String, String> mask) {
    Details d = details;
    return with(
        new Details(
            d.alias, d.description, d.tier, d.defaultText, d.secret, mask, d.flagObjection));
  }

  /** Refuses some values as a flag: answers why. */
  Key<T> objectingToFlag(Function<String, Optional<String>> objection) {
    Details d = details;
    return with(
        new Details(d.alias, d.description, d.tier, d.defaultText, d.secret, d.mask, objection));
  }

  private Key<T> with(Details changed) {
    return new Key<>(name, shape, valueName, parser, changed);
  }

  public String name() {
    return name;
  }

  public String flag() {
    return "--" + name.replace('.', '-');
  }

  public Optional<String> flagAlias() {
    return Optional.ofNullable(details.alias).map(alias -> "--" + alias);
  }

  public String environment() {
    return environmentName(name);
  }

  public Optional<String> environmentAlias() {
    return Optional.ofNullable(details.alias).map(Key::environmentName);
  }

  public String description() {
    return details.description;
  }

  public Tier tier() {
    return details.tier;
  }

  public Optional<String> defaultText() {
    return Optional.ofNullable(details.defaultText);
  }

  public boolean isSecret() {
    return details.secret;
  }

  Shape shape() {
    return shape;
  }

  /** What stands for a value in help; empty for a switch. */
  public String valueName() {
    return valueName;
  }

  String mask(String text) {
    return details.mask.apply(text);
  }

  Optional<String> objectionToFlag(String text) {
    return details.flagObjection.apply(text);
  }

  /** Reads a value. {@code origin} names its place in the error. */
  T parse(List<String> values, Origin origin) {
    try {
      return parser.apply(values);
    } catch (ConfigurationException refused) {
      throw new ConfigurationException(
          name + " (" + origin + "): " + refused.getMessage(), refused);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private static String environmentName(String key) {
    return "WARREN_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static Path parsePath(String text) {
    if (text.isBlank()) {
      throw new ConfigurationException("a path must not be empty");
    }
    return text.startsWith("~/")
        ? Path.of(System.getProperty("user.home"), text.substring(2))
        : Path.of(text);
  }

  private static int parseInteger(String text, int least, int most) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException unreadable) {
      // Answered below, like a number out of range.
    }
    throw new ConfigurationException(
        "'" + text + "' is not a whole number from " + least + " to " + most);
  }

  private static <E> E parseChoice(String text, Map<String, E> words) {
    E constant = words.get(text.strip().toLowerCase(Locale.ROOT));
    if (constant == null) {
      throw new ConfigurationException(
          "'" + text + "' is none of " + String.join(", ", words.keySet()));
    }
    return constant;
  }

  private static boolean parseBoolean(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default -> throw new ConfigurationException("'" + text + "' is neither true nor false");
    };
  }

  private static List<String> parseList(List<String> values) {
    List<String> all = new ArrayList<>();
    for (String value : values) {
      Arrays.stream(value.split(",", -1))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .forEach(all::add);
    }
    return List.copyOf(all);
  }

  private static Map<String, String> parseEntries(List<String> values) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String line : values.stream().flatMap(String::lines).toList()) {
      int equals = line.indexOf('=');
      if (equals < 1) {
        throw new ConfigurationException("'" + line + "' is not NAME=VALUE");
      }
      all.put(line.substring(0, equals).strip(), line.substring(equals + 1));
    }
    return Collections.unmodifiableMap(all);
  }
}
