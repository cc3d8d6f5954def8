package dev.warren.worker.loading;

import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskProvider;
import dev.warren.engine.delivery.Registration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The tasks a worker runs, with the jars they come from. Close it after the last attempt. */
public final class LoadedTasks implements AutoCloseable {
  private final List<Registration<?, ?>> registrations;
  private final List<TaskJar> jars;

  private LoadedTasks(List<Registration<?, ?>> registrations, List<TaskJar> jars) {
    this.registrations = List.copyOf(registrations);
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
      for (TaskProvider provider : given) {
        registrations.add(provider.getClass().getName(), provider);
      }
      for (Path path : paths) {
        TaskJar jar = TaskJar.open(path);
        jars.add(jar);
        for (TaskProvider provider : jar.providers()) {
          registrations.add(jar.toString(), provider);
        }
      }
      return new LoadedTasks(registrations.all(), jars);
    } catch (RuntimeException refused) {
      jars.forEach(TaskJar::close);
      throw refused;
    }
  }

  public List<Registration<?, ?>> registrations() {
    return registrations;
  }

  @Override
  public void close() {
    jars.forEach(TaskJar::close);
  }
}
