package dev.warren.api;

/**
 * What a jar of tasks offers: registers its task types and handlers. The only type found by {@link
 * java.util.ServiceLoader}; name the implementation in {@code
 * META-INF/services/dev.warren.api.TaskProvider}.
 */
@FunctionalInterface
public interface TaskProvider {
  void register(TaskRegistry registry);
}
