package dev.warren.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Json;
import dev.warren.api.TaskProvider;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class BuiltInTasksTest {
  @Test
  void theServiceLoaderFindsThem() {
    assertThat(ServiceLoader.load(TaskProvider.class))
        .hasExactlyElementsOfTypes(BuiltInTasks.class);
  }

  @Test
  void blockingTasksAreVirtualInDefaultAndBusyOnesOnThreadsInCpu() {
    RegistryInTest registry = new RegistryInTest(Map.of());

    new BuiltInTasks().register(registry);

    assertThat(registry.registered)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "echo", "default virtual",
                "sleep", "default virtual",
                "text.wordcount", "cpu threads",
                "file.digest", "cpu threads",
                "image.thumbnail", "cpu threads"));
  }

  @Test
  void aFilesRootThatDoesNotExistIsAConfigurationError() {
    RegistryInTest registry = new RegistryInTest(Map.of("files-root", "/does/not/exist"));

    assertThatThrownBy(() -> new BuiltInTasks().register(registry))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("files-root")
        .hasMessageContaining("/does/not/exist");
  }

  @Test
  void echoReturnsItsArgumentItself() {
    Json argument = new Json("{\"a\":1.50}");

    assertThat(Echo.run(argument, new AttemptInTest())).isSameAs(argument);
  }
}
