package dev.warren.producer.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C. While a command handles it, the first one calls the handler, which makes the command end
 * in good order, and the second one leaves at once. Otherwise it ends the process as usual. Safe
 * for concurrent use; handlers run on a thread of the JVM's.
 */
final class Interrupts {
  private final Runnable leave;
  private final Installer installer;
  private final AtomicReference<@Nullable Runnable> handler = new AtomicReference<>();

  /** Makes {@link #fire} be called at every Ctrl-C. */
  interface Installer {
    void install(Runnable fire);
  }

  Interrupts(Runnable leave, Installer installer) {
    this.leave = leave;
    this.installer = installer;
  }

  static Interrupts ofProcess() {
    return new Interrupts(
        () -> Runtime.getRuntime().halt(ExitCodes.INTERRUPTED), Interrupts::handleSignal);
  }

  /** From now on the next Ctrl-C calls this instead of ending the process. */
  void handle(Runnable first) {
    handler.set(first);
    installer.install(this::fire);
  }

  /** Ctrl-C was pressed. */
  void fire() {
    Runnable first = handler.getAndSet(null);
    if (first == null) {
      leave.run();
    } else {
      first.run();
    }
  }

  /**
   * Through reflection, as {@code sun.misc.Signal} is supported (JDK module {@code
   * jdk.unsupported}) but not in the compiler's API of a release.
   */
  private static void handleSignal(Runnable fire) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      // Only its method is ever called: the JVM keeps handlers by number.
      InvocationHandler calls =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              fire.run();
              return null;
            }
            throw new UnsupportedOperationException(method.getName());
          };
      Object instance =
          Proxy.newProxyInstance(
              Interrupts.class.getClassLoader(), new Class<?>[] {signalHandler}, calls);
      signal
          .getMethod("handle", signal, signalHandler)
          .invoke(null, signal.getConstructor(String.class).newInstance("INT"), instance);
    } catch (ReflectiveOperationException | IllegalArgumentException unsupported) {
      // Another JVM: Ctrl-C ends the process without the counts.
      LoggerFactory.getLogger(Interrupts.class).debug("Ctrl-C cannot be handled here", unsupported);
    }
  }
}
