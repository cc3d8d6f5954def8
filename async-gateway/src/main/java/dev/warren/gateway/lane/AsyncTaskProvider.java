package dev.warren.gateway.lane;

/**
 * What a jar of non-blocking tasks offers to a gateway. Found by {@link java.util.ServiceLoader};
 * name the implementation in {@code META-INF/services/dev.warren.gateway.lane.AsyncTaskProvider}.
 */
@FunctionalInterface
public interface AsyncTaskProvider {
  void register(AsyncTaskRegistry registry);
}
