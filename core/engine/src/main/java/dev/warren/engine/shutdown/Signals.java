package dev.warren.engine.shutdown;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operating system signals. A JVM shutdown hook hears only the first one, so this uses {@code
 * sun.misc.Signal} of the supported module {@code jdk.unsupported}; by reflection, because the
 * compiler's warning about it cannot be suppressed.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Runs the action at each signal of the name ({@code TERM}), on a thread of the JVM. */
  static void handle(String name, Runnable action) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      InvocationHandler calls =
          (proxy, method, arguments) -> {
            if (!method.getName().equals("handle")) {
              return method.invoke(action, arguments);
            }
            action.run();
            return null;
          };
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {handlerType}, calls);
      signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
    } catch (InvocationTargetException refused) {
      // No such signal on this system, or the JVM was told (-Xrs) to leave it alone.
      LOG.debug("SIG{} is not handled: {}", name, String.valueOf(refused.getCause()));
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException(
          "this Java runtime lacks the module jdk.unsupported, which hears SIGTERM", missing);
    }
  }
}
