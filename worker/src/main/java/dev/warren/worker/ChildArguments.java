package dev.warren.worker;

import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The arguments of supervised processes: those given to the supervisor, some of them replaced. */
final class ChildArguments {
  private final CommandLine given;
  private final Map<Key<?>, String> replaced = new HashMap<>();

  ChildArguments(CommandLine given) {
    this.given = given;
  }

  /** Sets a value, in place of the one given if there is one. */
  ChildArguments with(Key<?> key, String value) {
    replaced.put(key, value);
    return this;
  }

  List<String> asList() {
    List<String> arguments = new ArrayList<>();
    given.file().ifPresent(file -> arguments.add("--config=" + file));
    for (Key<?> key : WorkerKeys.ALL) {
      List<String> values =
          replaced.containsKey(key)
              ? List.of(replaced.getOrDefault(key, ""))
              : given.flags().getOrDefault(key.name(), List.of());
      values.forEach(value -> arguments.add(key.flag() + "=" + value));
    }
    return arguments;
  }
}
