package dev.warren.worker.loading;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Lane;
import dev.warren.api.TaskFunction;
import dev.warren.api.TaskHandler;
import dev.warren.api.TaskProvider;
import dev.warren.api.TaskRegistry;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what providers register. Not safe for concurrent use. */
public final class Registrations {
  private final Map<String, String> settings;
  private final Map<String, Registration<?, ?>> byType = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();

  /**
   * @param settings what {@link TaskRegistry#setting} answers
   */
  public Registrations(Map<String, String> settings) {
    this.settings = Map.copyOf(settings);
  }

  /**
   * Lets a provider register.
   *
   * @param source names it in errors
   * @throws ConfigurationException if it registers a type that is there already
   */
  public void add(String source, TaskProvider provider) {
    ClassLoader loader = provider.getClass().getClassLoader();
    try {
      withContextLoader(
          loader,
          () -> {
            provider.register(new Registry(source, loader));
            return null;
          });
    } catch (ConfigurationException refused) {
      throw refused;
    } catch (Exception | LinkageError broken) {
      throw new ConfigurationException(
          "the provider " + provider.getClass().getName() + " of " + source + " failed: " + broken,
          broken);
    }
  }

  /** What was registered, in order. */
  public List<Registration<?, ?>> all() {
    return List.copyOf(byType.values());
  }

  private void put(String source, Registration<?, ?> registration) {
    String type = registration.type().name();
    String other = sources.putIfAbsent(type, source);
    if (other != null) {
      throw new ConfigurationException(
          "task type '" + type + "' is registered twice: by " + other + " and by " + source);
    }
    byType.put(type, registration);
  }

  /** Libraries of a jar that look for their parts by the thread find those of the jar. */
  private static <T extends @Nullable Object> T withContextLoader(
      @Nullable ClassLoader loader, Body<T> body) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return body.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @FunctionalInterface
  private interface Body<T extends @Nullable Object> {
    T run() throws Exception;
  }

  private final class Registry implements TaskRegistry {
    private final String source;
    private final @Nullable ClassLoader loader;

    Registry(String source, @Nullable ClassLoader loader) {
      this.source = source;
      this.loader = loader;
    }

    @Override
    public <A, R extends @Nullable Object> void register(
        TaskType<A, R> type, Lane lane, TaskFunction<A, R> body) {
      put(
          source,
          new Registration<A, R>(
              type,
              lane,
              (arguments, context, answer) ->
                  answer.accept(
                      Verdict.done(
                          withContextLoader(loader, () -> body.apply(arguments, context))))));
    }

    @Override
    public <A, R> void registerHandler(TaskType<A, R> type, Lane lane, TaskHandler<A, R> handler) {
      put(
          source,
          Registration.blocking(
              type,
              lane,
              (arguments, context) ->
                  withContextLoader(loader, () -> handler.handle(arguments, context))));
    }

    @Override
    public Optional<String> setting(String name) {
      return Optional.ofNullable(settings.get(name));
    }
  }
}
