package dev.warren.producer.cli;

import dev.warren.engine.configuration.Key;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The word of a command line that names the command: the first that is no option nor its value. */
final class CommandWord {
  private CommandWord() {}

  static Optional<String> of(String[] args, List<Key<?>> keys) {
    Set<String> withValue = new HashSet<>();
    withValue.add("--config");
    for (Key<?> key : keys) {
      withValue.add(key.flag());
      key.flagAlias().ifPresent(withValue::add);
    }
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("-")) {
        return Optional.of(args[i]);
      }
      if (withValue.contains(args[i])) {
        i++;
      }
    }
    return Optional.empty();
  }
}
