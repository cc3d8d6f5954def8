package dev.warren.worker.loading;

import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskProvider;
import dev.warren.engine.delivery.Registration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/** The tasks a worker runs, with the jars they come from. Close it after the last attempt. */
public final class LoadedTasks implements AutoCloseable {
  private final List<Registration<?, ?>> registrations;
  private final Set<String> given;
  private final List<TaskJar> jars;

  private LoadedTasks(
      List<Registration<?, ?>> registrations, Set<String> given, List<TaskJar> jars) {
    this.registrations = List.copyOf(registrations);
    this.given = Set.copyOf(given);
    this.jars = List.copyOf(jars);
  }

  /**
   * Loads the providers on the class path, those given and those of jars.
   *
   * @throws ConfigurationException if a jar offers none, or two register the same type
   */
  public static LoadedTasks load(
      List<TaskProvider> given, List<Path> paths, Map<String, String> settings) {
    Registrations registrations = new Registrations(settings);
    List<TaskJar> jars = new ArrayList<>();
    try {
      for (TaskProvider provider : ServiceLoader.load(TaskProvider.class)) {
        registrations.add("the worker's class path", provider);
      }
      Set<String> found = names(registrations);
      for (TaskProvider provider : given) {
        registrations.add(provider.getClass().getName(), provider);
      }
      Set<String> here = names(registrations);
      here.removeAll(found);
      for (Path path : paths) {
        TaskJar jar = TaskJar.open(path);
        jars.add(jar);
        for (TaskProvider provider : jar.providers()) {
          registrations.add(jar.toString(), provider);
        }
      }
      return new LoadedTasks(registrations.all(), here, jars);
    } catch (RuntimeException refused) {
      jars.forEach(TaskJar::close);
      throw refused;
    }
  }

  public List<Registration<?, ?>> registrations() {
    return registrations;
  }

  /**
   * The types that another JVM knows, too, that has the same class path and loads the same jars.
   */
  public Set<String> loadable() {
    return registrations.stream()
        .map(one -> one.type().name())
        .filter(type -> !given.contains(type))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> names(Registrations registrations) {
    return registrations.all().stream()
        .map(one -> one.type().name())
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Override
  public void close() {
    jars.forEach(TaskJar::close);
  }
}
