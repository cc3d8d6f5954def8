package dev.warren.worker.loading;

import dev.warren.api.ConfigurationException;
import dev.warren.api.TaskProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A jar of tasks, or a folder with one and the jars it needs, in a class loader of its own. Close
 * it when none of its tasks runs any more.
 */
public final class TaskJar implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskJar.class);
  private static final String SERVICE_FILE = "META-INF/services/" + TaskProvider.class.getName();

  private final Path path;
  private final URLClassLoader loader;
  private final List<TaskProvider> providers;

  private TaskJar(Path path, URLClassLoader loader, List<TaskProvider> providers) {
    this.path = path;
    this.loader = loader;
    this.providers = List.copyOf(providers);
  }

  /**
   * Opens a jar, or all jars of a folder together.
   *
   * @throws ConfigurationException if it is none or offers no {@link TaskProvider}
   */
  public static TaskJar open(Path path) {
    URLClassLoader loader =
        new URLClassLoader(
            "warren-tasks-" + path.getFileName(),
            urls(path),
            new SharedApi(TaskJar.class.getClassLoader()));
    try {
      List<TaskProvider> found = new ArrayList<>();
      ServiceLoader.load(TaskProvider.class, loader).forEach(found::add);
      if (found.isEmpty()) {
        throw new ConfigurationException(
            path
                + " offers no tasks: it needs a file "
                + SERVICE_FILE
                + " that names a class implementing TaskProvider");
      }
      return new TaskJar(path, loader, found);
    } catch (ServiceConfigurationError | LinkageError broken) {
      close(path, loader);
      throw new ConfigurationException(
          "the tasks of " + path + " cannot be loaded: " + explain(broken), broken);
    } catch (ConfigurationException empty) {
      close(path, loader);
      throw empty;
    }
  }

  /** The providers in it, at least one. */
  public List<TaskProvider> providers() {
    return providers;
  }

  /** The class loader of its classes. */
  public ClassLoader loader() {
    return loader;
  }

  @Override
  public void close() {
    close(path, loader);
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private static void close(Path path, URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException failed) {
      LOG.warn("{} was not closed", path, failed);
    }
  }

  private static URL[] urls(Path path) {
    if (!Files.exists(path)) {
      throw new ConfigurationException("there is no jar " + path);
    }
    try {
      if (!Files.isDirectory(path)) {
        return new URL[] {url(path)};
      }
      try (Stream<Path> files = Files.list(path)) {
        URL[] jars =
            files
                .filter(file -> file.toString().endsWith(".jar"))
                .sorted()
                .map(TaskJar::url)
                .toArray(URL[]::new);
        if (jars.length == 0) {
          throw new ConfigurationException("there are no jars in " + path);
        }
        return jars;
      }
    } catch (IOException unreadable) {
      throw new ConfigurationException(path + " cannot be read", unreadable);
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException impossible) {
      throw new ConfigurationException(file + " cannot be a URL", impossible);
    }
  }

  private static String explain(Throwable broken) {
    return broken.getCause() == null
        ? String.valueOf(broken.getMessage())
        : broken.getMessage() + " (" + broken.getCause() + ")";
  }
}
