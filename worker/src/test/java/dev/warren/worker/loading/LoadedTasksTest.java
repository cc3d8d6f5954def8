package dev.warren.worker.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import dev.warren.worker.TaskJarBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedTasksTest {
  private static final String LOOKS_FOR_CLASSES =
      """
      registry.register(
          TaskType.of("test.sees", String.class, String.class),
          Lane.VIRTUAL,
          (name, context) -> {
            ClassLoader own = getClass().getClassLoader();
            if (Thread.currentThread().getContextClassLoader() != own) {
              return "another context loader";
            }
            try {
              return Class.forName(name, true, own).getName();
            } catch (ClassNotFoundException hidden) {
              return "hidden";
            }
          });
      """;

  @TempDir Path folder;

  @Test
  void aJarSeesTheJdkAndTheApiAndNothingOfTheWorker() throws Exception {
    Path jar = TaskJarBuilder.in(folder).provider("Sees", LOOKS_FOR_CLASSES).build("sees.jar");
    try (LoadedTasks tasks = LoadedTasks.load(List.of(), List.of(jar), Map.of())) {
      assertThat(run(tasks, "java.sql.Connection")).isEqualTo("java.sql.Connection");
      assertThat(run(tasks, "dev.warren.api.TaskType")).isEqualTo("dev.warren.api.TaskType");
      for (String hidden :
          List.of(
              "dev.warren.worker.Worker",
              "dev.warren.tasks.Echo",
              "com.rabbitmq.client.Connection",
              "com.fasterxml.jackson.databind.ObjectMapper",
              "org.slf4j.Logger")) {
        assertThat(Class.forName(hidden)).as("visible here").isNotNull();
        assertThat(run(tasks, hidden)).as(hidden).isEqualTo("hidden");
      }
    }
  }

  @Test
  void aFolderOfJarsIsOneClassLoader() throws Exception {
    Path jars = Files.createDirectory(folder.resolve("jars"));
    TaskJarBuilder.in(jars).provider("Sees", LOOKS_FOR_CLASSES).build("a.jar");
    TaskJarBuilder.in(jars).provider("Other", "").build("b.jar");

    try (LoadedTasks tasks = LoadedTasks.load(List.of(), List.of(jars), Map.of())) {
      assertThat(run(tasks, "sample.Other")).isEqualTo("sample.Other");
    }
  }

  @Test
  void twoJarsDoNotSeeEachOther() throws Exception {
    Path one = TaskJarBuilder.in(folder).provider("Sees", LOOKS_FOR_CLASSES).build("one.jar");
    Path two = TaskJarBuilder.in(folder).provider("Other", "").build("two.jar");

    try (LoadedTasks tasks = LoadedTasks.load(List.of(), List.of(one, two), Map.of())) {
      assertThat(run(tasks, "sample.Other")).isEqualTo("hidden");
    }
  }

  @Test
  void settingsReachTheProviders() throws Exception {
    Path jar =
        TaskJarBuilder.in(folder)
            .provider(
                "Named",
                """
                registry.register(
                    TaskType.of(registry.setting("name").orElseThrow(), String.class, String.class),
                    Lane.VIRTUAL,
                    (argument, context) -> argument);
                """)
            .build("named.jar");

    try (LoadedTasks tasks =
        LoadedTasks.load(List.of(), List.of(jar), Map.of("name", "given.type"))) {
      assertThat(tasks.registrations())
          .extracting(registration -> registration.type().name())
          .contains("echo", "given.type");
    }
  }

  @Test
  void twoJarsWithTheSameTypeAreRefusedByName() throws Exception {
    Path one = TaskJarBuilder.in(folder).provider("Sees", LOOKS_FOR_CLASSES).build("one.jar");
    Path two = TaskJarBuilder.in(folder).provider("Sees", LOOKS_FOR_CLASSES).build("two.jar");

    assertThatThrownBy(() -> LoadedTasks.load(List.of(), List.of(one, two), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'test.sees' is registered twice")
        .hasMessageContaining("one.jar")
        .hasMessageContaining("two.jar");
  }

  @Test
  void aJarThatCannotBeLoadedIsNamedWithTheReason() throws Exception {
    Path broken =
        TaskJarBuilder.in(folder)
            .text("META-INF/services/dev.warren.api.TaskProvider", "sample.Absent\n")
            .build("broken.jar");
    Path noJar = Files.writeString(folder.resolve("text.jar"), "no jar at all");
    Path throwing =
        TaskJarBuilder.in(folder)
            .provider("Throws", "throw new IllegalStateException(\"no database\");")
            .build("throwing.jar");

    for (Path path : List.of(broken, noJar, throwing)) {
      assertThatThrownBy(() -> LoadedTasks.load(List.of(), List.of(path), Map.of()))
          .as(path.toString())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(path.getFileName().toString());
    }
  }

  private static String run(LoadedTasks tasks, String argument) throws Exception {
    Registration<?, ?> registration =
        tasks.registrations().stream()
            .filter(one -> one.type().name().equals("test.sees"))
            .findFirst()
            .orElseThrow();
    @SuppressWarnings("unchecked") // The jar registered it with these types.
    Registration<String, String> typed = (Registration<String, String>) registration;
    CompletableFuture<Verdict<String>> verdict = new CompletableFuture<>();
    typed
        .body()
        .run(
            argument,
            new NoContext(),
            new Registration.Answer<>() {
              @Override
              public void accept(Verdict<String> given) {
                verdict.complete(given);
              }

              @Override
              public void failed(Throwable failure) {
                verdict.completeExceptionally(failure);
              }
            });
    return ((Verdict.Done<String>) verdict.get(10, TimeUnit.SECONDS)).result();
  }
}
