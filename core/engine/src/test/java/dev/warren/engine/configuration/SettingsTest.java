package dev.warren.engine.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.TopologyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Key<Integer> CONCURRENCY =
      Key.integer("worker.concurrency", 1, 100).withDefault("4").in(Tier.OFTEN);
  private static final Key<List<String>> QUEUES =
      Key.texts("worker.queues").withAlias("queue").withDefault("default").in(Tier.ESSENTIAL);
  private static final Key<Map<String, String>> SET = Key.entries("tasks.set").withAlias("set");
  private static final Key<Boolean> JSON = Key.toggle("log.json").withDefault("false");
  private static final List<Key<?>> KEYS = keys();

  @TempDir private Path folder;

  private static List<Key<?>> keys() {
    List<Key<?>> keys = new ArrayList<>(StandardKeys.BROKER);
    keys.addAll(List.of(StandardKeys.TOPOLOGY_MODE, CONCURRENCY, QUEUES, SET, JSON));
    return keys;
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("warren.yaml"), yaml);
  }

  private static Settings of(Map<String, String> environment, Optional<Path> file, String... args) {
    List<String> line = new ArrayList<>(List.of(args));
    file.ifPresent(path -> line.addAll(List.of("--config", path.toString())));
    // A file that surely exists keeps those of this machine out of the test.
    return Settings.fromCommandLine(
        "warren worker", KEYS, line.toArray(String[]::new), environment);
  }

  private Settings fromFile(String yaml) throws IOException {
    return of(Map.of(), Optional.of(file(yaml)));
  }

  @Test
  void aFlagWinsOverEnvironmentOverFileOverDefault() throws IOException {
    Optional<Path> file = Optional.of(file("worker:\n  concurrency: 7\n"));
    Map<String, String> environment = Map.of("WARREN_WORKER_CONCURRENCY", "8");
    Optional<Path> empty = Optional.of(Files.createFile(folder.resolve("empty.yaml")));

    Settings flag = of(environment, file, "--worker-concurrency", "9");
    Settings variable = of(environment, file);
    Settings inFile = of(Map.of(), file);
    Settings none = of(Map.of(), empty);

    assertThat(List.of(flag, variable, inFile, none))
        .extracting(settings -> settings.get(CONCURRENCY))
        .containsExactly(9, 8, 7, 4);
    assertThat(List.of(flag, variable, inFile, none))
        .extracting(settings -> settings.origin(CONCURRENCY).toString())
        .containsExactly(
            "flag --worker-concurrency",
            "environment WARREN_WORKER_CONCURRENCY",
            "file " + file.get(),
            "default");
    assertThat(none.isSet(CONCURRENCY)).isFalse();
  }

  @Test
  void listsAreRepeatedFlagsCommasOrYamlLists() throws IOException {
    Optional<Path> empty = Optional.of(file(""));
    assertThat(of(Map.of(), empty, "--queue", "a,b", "--queue=c").get(QUEUES))
        .containsExactly("a", "b", "c");
    assertThat(of(Map.of("WARREN_QUEUE", "a, b"), empty).get(QUEUES)).containsExactly("a", "b");
    assertThat(fromFile("worker.queues: [a, b]").get(QUEUES)).containsExactly("a", "b");
    assertThat(fromFile("").get(QUEUES)).containsExactly("default");
  }

  @Test
  void entriesKeepCommasAndEqualsSignsOfTheirValues() throws IOException {
    assertThat(of(Map.of(), Optional.of(file("")), "--set", "a=1,2", "--set", "b=x=y").get(SET))
        .containsExactly(Map.entry("a", "1,2"), Map.entry("b", "x=y"));
    assertThat(fromFile("tasks:\n  set:\n    files.root: /data\n    n: 3\n").get(SET))
        .containsExactly(Map.entry("files.root", "/data"), Map.entry("n", "3"));
    assertThat(fromFile("").get(SET)).isEmpty();
  }

  @Test
  void aSwitchNeedsNoValue() throws IOException {
    Optional<Path> empty = Optional.of(file(""));
    assertThat(of(Map.of(), empty, "--log-json", "--queue", "a").get(JSON)).isTrue();
    assertThat(of(Map.of("WARREN_LOG_JSON", "true"), empty, "--log-json=no").get(JSON)).isFalse();
  }

  @Test
  void unknownNamesAreRefusedWithANearOne() throws IOException {
    Optional<Path> empty = Optional.of(file(""));
    assertThatThrownBy(() -> of(Map.of(), empty, "--worker-concurency", "3"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--worker-concurency; did you mean '--worker-concurrency'?")
        .hasMessageContaining("warren worker --help");
    assertThatThrownBy(() -> of(Map.of("WARREN_BROKER_ULI", "x"), empty))
        .hasMessageContaining("WARREN_BROKER_ULI; did you mean 'WARREN_BROKER_URI'?");
    assertThatThrownBy(() -> fromFile("broker: {usrname: me}"))
        .hasMessageContaining("'broker.usrname'")
        .hasMessageContaining("did you mean 'broker.username'?");
    assertThatThrownBy(() -> fromFile("brokr.uri: x")).hasMessageContaining("'brokr.uri'");
    assertThatThrownBy(() -> of(Map.of(), empty, "stray")).hasMessageContaining("'stray'");
  }

  @Test
  void settingsOfOtherProgramsAndOfTheLauncherArePassedOver() throws IOException {
    Optional<Path> file = Optional.of(file("gateway:\n  http-port: 80\n"));
    Map<String, String> environment =
        Map.of(
            "WARREN_STATE", "/x",
            "WARREN_TEST_BROKER", "y",
            "WARREN_GATEWAY_HTTP_PORT", "80",
            "PATH", "/bin");
    assertThat(of(environment, file).get(CONCURRENCY)).isEqualTo(4);
  }

  @Test
  void aBadValueIsNamedWithItsPlace() throws IOException {
    assertThatThrownBy(() -> of(Map.of("WARREN_WORKER_CONCURRENCY", "0"), Optional.of(file(""))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "worker.concurrency (environment WARREN_WORKER_CONCURRENCY): '0' is not a whole number"
                + " from 1 to 100");
    assertThatThrownBy(() -> fromFile("topology.mode: maybe"))
        .hasMessageContaining("'maybe' is none of apply, verify");
    assertThatThrownBy(() -> fromFile("broker: [")).hasMessageContaining("not readable YAML");
    assertThatThrownBy(() -> fromFile("broker.uri: a\nbroker: {uri: b}"))
        .hasMessageContaining("given twice");
    assertThatThrownBy(() -> fromFile("worker.concurrency: null"))
        .hasMessageContaining("has no value");
    assertThatThrownBy(() -> of(Map.of(), Optional.of(file("")), "--queue"))
        .hasMessageContaining("needs a value");
    assertThatThrownBy(
            () ->
                of(
                    Map.of("WARREN_URI", "amqp://a", "WARREN_BROKER_URI", "amqp://b"),
                    Optional.of(file(""))))
        .hasMessageContaining("WARREN_BROKER_URI and WARREN_URI");
  }

  @Test
  void secretsAreMaskedAndNeverTakenFromTheCommandLine() throws IOException {
    Optional<Path> empty = Optional.of(file(""));
    Map<String, String> environment =
        Map.of("WARREN_BROKER_PASSWORD", "s3cret", "WARREN_URI", "amqp://me:s3cret@host/a");
    Settings settings = of(environment, empty);

    assertThat(settings.toString() + settings.lines()).doesNotContain("s3cret").contains("******");
    assertThat(settings.get(StandardKeys.BROKER_PASSWORD).reveal()).isEqualTo("s3cret");
    assertThatThrownBy(() -> of(Map.of(), empty, "--broker-password", "s3cret"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("WARREN_BROKER_PASSWORD")
        .hasMessageNotContaining("s3cret");
    assertThatThrownBy(() -> of(Map.of(), empty, "--uri", "amqp://me:s3cret@host"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("WARREN_BROKER_PASSWORD")
        .hasMessageNotContaining("s3cret");
    assertThat(
            StandardKeys.brokerSettings(of(Map.of(), empty, "--uri", "amqp://me@host")).username())
        .isEqualTo("me");
  }

  @Test
  void brokerSettingsComeFromTheirKeys() throws IOException {
    Path password = Files.writeString(folder.resolve("password"), "from-file\n");
    Settings settings =
        fromFile(
            """
            broker:
              uri: amqps://user:in-uri@rabbit_mq:5679/team%%2Fa
              username: other
              password-file: %s
              connect-timeout: 1s500ms
              heartbeat: 5s
              tls:
                verify-host-name: false
                trust: /etc/ca.pem
            topology.mode: verify
            """
                .formatted(password));

    BrokerSettings broker = StandardKeys.brokerSettings(settings);

    assertThat(broker.uri()).hasToString("amqps://rabbit_mq:5679/team%2Fa");
    assertThat(broker.virtualHost()).isEqualTo("team/a");
    assertThat(broker.username()).isEqualTo("other");
    assertThat(broker.password().reveal()).isEqualTo("from-file");
    assertThat(broker.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(broker.heartbeat()).isEqualTo(Duration.ofSeconds(5));
    assertThat(broker.tls().verifyHostName()).isFalse();
    assertThat(broker.tls().trust()).isEqualTo(Path.of("/etc/ca.pem"));
    assertThat(settings.get(StandardKeys.TOPOLOGY_MODE)).isEqualTo(TopologyMode.VERIFY);
    assertThat(fromFile("broker.password: 0123").get(StandardKeys.BROKER_PASSWORD).reveal())
        .isEqualTo("0123");
  }

  @Test
  void theDefaultBrokerIsTheGuestOfThisMachine() throws IOException {
    BrokerSettings broker = StandardKeys.brokerSettings(fromFile(""));
    assertThat(broker).isEqualTo(BrokerSettings.DEFAULT);
    assertThat(broker.address()).isEqualTo("127.0.0.1:5672");
    assertThat(broker.username()).isEqualTo("guest");
  }

  @Test
  void aRequiredSettingSaysHowToGiveIt() throws IOException {
    Settings settings = fromFile("");
    assertThatThrownBy(() -> settings.get(StandardKeys.BROKER_MANAGEMENT_URI))
        .hasMessageContaining("--broker-management-uri")
        .hasMessageContaining("WARREN_BROKER_MANAGEMENT_URI");
    assertThatThrownBy(() -> settings.get(Key.text("worker.unknown")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void helpListsEveryKeyInThreeTiers() {
    String help = CommandLine.help("warren worker", "Runs tasks.", KEYS);

    assertThat(help).containsSubsequence("Essential:", "--queue, --worker-queues", "Often used:");
    assertThat(help).containsSubsequence("Often used:", "Rarely used:", "--broker-heartbeat");
    assertThat(help).contains("Default: 10s").contains("WARREN_BROKER_PASSWORD");
    KEYS.forEach(
        key ->
            assertThat(help.contains(key.flag()) || help.contains(key.environment()))
                .as(key.name())
                .isTrue());
    assertThat(CommandLine.asksForHelp(new String[] {"--queue", "a", "-h"})).isTrue();
  }

  @Test
  void everyStandardKeyHasADescriptionAndADefaultThatItReads() {
    for (Key<?> key : StandardKeys.BROKER) {
      assertThat(key.description()).as(key.name()).isNotEmpty();
      key.defaultText().ifPresent(text -> key.parse(List.of(text), Origin.OF_DEFAULT));
      assertThat(StandardKeys.SECTIONS).contains(key.name().substring(0, key.name().indexOf('.')));
    }
  }

  @Test
  void aNamedFileThatIsMissingIsAnError() {
    assertThatThrownBy(() -> ConfigurationFile.find(Map.of("WARREN_CONFIG", "/nowhere.yaml")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("/nowhere.yaml");
    assertThat(ConfigurationFile.find(Map.of("XDG_CONFIG_HOME", folder.toString()))).isEmpty();
  }
}
