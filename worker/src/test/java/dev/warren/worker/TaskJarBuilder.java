package dev.warren.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Compiles a task provider as a user would, against the API alone, and packs it into a jar. */
public final class TaskJarBuilder {
  private final Path folder;
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  private TaskJarBuilder(Path folder) {
    this.folder = folder;
  }

  public static TaskJarBuilder in(Path folder) {
    return new TaskJarBuilder(folder);
  }

  public TaskJarBuilder text(String name, String content) {
    entries.put(name, content.getBytes(UTF_8));
    return this;
  }

  /**
   * Adds a provider {@code sample.<name>}.
   *
   * @param registers body of {@code register(TaskRegistry registry)}
   */
  public TaskJarBuilder provider(String name, String registers) throws IOException {
    String source =
        """
        package sample;

        import dev.warren.api.Lane;
        import dev.warren.api.TaskProvider;
        import dev.warren.api.TaskRegistry;
        import dev.warren.api.TaskType;

        public final class %s implements TaskProvider {
          @Override
          public void register(TaskRegistry registry) {
            %s
          }
        }
        """
            .formatted(name, registers);
    Path root = Files.createTempDirectory(folder, "sources");
    Path file = Files.createDirectories(root.resolve("sample")).resolve(name + ".java");
    Files.writeString(file, source);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    assertThat(result).as("%s compiles", name).isZero();
    try (Stream<Path> classes = Files.list(file.getParent())) {
      for (Path each : classes.filter(one -> one.toString().endsWith(".class")).toList()) {
        entries.put("sample/" + each.getFileName(), Files.readAllBytes(each));
      }
    }
    return text("META-INF/services/dev.warren.api.TaskProvider", "sample." + name + "\n");
  }

  public Path build(String name) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream output = new JarOutputStream(file)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        output.putNextEntry(new JarEntry(entry.getKey()));
        output.write(entry.getValue());
        output.closeEntry();
      }
    }
    return jar;
  }
}
