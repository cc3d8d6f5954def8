package dev.warren.tasks;

import dev.warren.api.Lane;
import dev.warren.api.TaskFunction;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Notes what a provider registers. */
public final class RegistryInTest implements TaskRegistry {
  /** What was registered, as {@code type queue lane}. */
  public final Map<String, String> registered = new LinkedHashMap<>();

  /** How many of a type may run at once, where that is limited. */
  public final Map<String, Integer> limits = new LinkedHashMap<>();

  private final Map<String, String> settings;

  public RegistryInTest(Map<String, String> settings) {
    this.settings = settings;
  }

  @Override
  public <A, R> void register(TaskType<A, R> type, Lane lane, TaskFunction<A, R> body) {
    registered.put(type.name(), type.options().queue() + " " + lane.word());
  }

  @Override
  public <A, R> void registerHandler(TaskType<A, R> type, Lane lane, TaskHandler<A, R> handler) {
    registered.put(type.name(), type.options().queue() + " " + lane.word());
    type.options().limit().ifPresent(limit -> limits.put(type.name(), limit));
  }

  @Override
  public Optional<String> setting(String name) {
    return Optional.ofNullable(settings.get(name));
  }
}
