package dev.warren.worker.loading;

import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * What a task jar shares with the worker: the JDK, {@code dev.warren.api} and JSpecify's
 * annotations. Everything else, the worker's libraries among it, is invisible, so that a jar can
 * bring other versions of them.
 */
final class SharedApi extends ClassLoader {
  private static final String[] SHARED = {"dev.warren.api.", "org.jspecify.annotations."};

  private final ClassLoader worker;

  SharedApi(ClassLoader worker) {
    super("warren-shared-api", ClassLoader.getPlatformClassLoader());
    this.worker = worker;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    for (String prefix : SHARED) {
      if (name.startsWith(prefix)) {
        return worker.loadClass(name);
      }
    }
    throw new ClassNotFoundException(name);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    return null;
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    return Collections.emptyEnumeration();
  }
}
