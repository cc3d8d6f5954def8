package dev.warren.gateway;

import dev.warren.api.FilesRoot;
import dev.warren.engine.configuration.Defaults;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.configuration.StandardKeys;
import dev.warren.engine.configuration.Tier;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.logging.LogFormat;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.http.HttpSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of the gateway program. */
final class GatewayKeys {
  static final Key<List<String>> QUEUES =
      Key.texts("gateway.queues")
          .withAlias("queues")
          .describedAs("The queues of non-blocking tasks to serve.")
          .in(Tier.ESSENTIAL)
          .withDefault(GatewaySettings.DEFAULT_QUEUE);

  static final Key<Integer> IN_FLIGHT =
      Key.integer("gateway.in-flight", 1, 1_000_000)
          .withAlias("in-flight")
          .describedAs("Tasks in flight at once, at most.")
          .in(Tier.ESSENTIAL)
          .withDefault(String.valueOf(GatewaySettings.DEFAULT_IN_FLIGHT));

  static final Key<Boolean> ADAPTIVE =
      Key.toggle("gateway.adaptive")
          .withAlias("adaptive")
          .describedAs("Find out how many tasks in flight are good, up to --in-flight.")
          .withDefault("false")
          .in(Tier.OFTEN);

  static final Key<Integer> LOOPS =
      Key.integer("gateway.loops", 1, 1_000)
          .withAlias("loops")
          .describedAs("Event loops. Default: one per core.")
          .in(Tier.OFTEN);

  static final Key<Path> FILES_ROOT =
      Key.path("tasks.files-root")
          .withAlias("files-root")
          .describedAs("The folder that file tasks may read; without it they are refused.")
          .in(Tier.OFTEN);

  static final Key<Path> OUTPUT_ROOT =
      Key.path("tasks.output-root")
          .withAlias("output-root")
          .describedAs("The folder that file tasks may write into. Default: the files root.")
          .in(Tier.OFTEN);

  static final Key<Map<String, String>> SET =
      Key.entries("tasks.set")
          .withAlias("set")
          .describedAs("A setting for tasks to read; repeatable.")
          .in(Tier.OFTEN);

  static final Key<Duration> GRACE =
      Key.duration("gateway.grace")
          .withAlias("grace")
          .describedAs("What running tasks get to finish when the gateway is told to stop.")
          .in(Tier.OFTEN)
          .withDefault(Defaults.GRACE.toSeconds() + "s");

  static final Key<Path> DATA =
      Key.path("gateway.data")
          .withAlias("data")
          .describedAs("Where outcomes are kept. Default: ~/.local/state/warren/gateway.")
          .in(Tier.ESSENTIAL);

  static final Key<String> HTTP =
      Key.of("gateway.http", "HOST:PORT|off", text -> text.strip())
          .withAlias("http")
          .describedAs("The HTTP API; port 0 takes any that is free, 'off' serves none.")
          .in(Tier.ESSENTIAL)
          .withDefault(HttpSettings.LOOPBACK + ":" + HttpSettings.DEFAULT_PORT);

  static final Key<Path> HTTP_TOKEN_FILE =
      Key.path("gateway.http-token-file")
          .describedAs("A file with the token callers must show; needed beyond loopback.")
          .in(Tier.OFTEN);

  static final Key<Path> HTTP_ADDRESS_FILE =
      Key.path("gateway.http-address-file")
          .describedAs(
              "A file to write its address into. With it, a taken port gives way to a free one.");

  static final Key<Duration> RETENTION =
      Key.duration("gateway.retention")
          .withAlias("retention")
          .describedAs("How long ended tasks and batches are kept.")
          .in(Tier.OFTEN)
          .withDefault(StoreSettings.DEFAULT_RETENTION.toHours() + "h");

  static final Key<Duration> ABANDON_AFTER =
      Key.duration("gateway.abandon-after")
          .withAlias("abandon-after")
          .describedAs("An open batch of which nothing is heard for so long is abandoned.")
          .withDefault(StoreSettings.DEFAULT_ABANDON_AFTER.toHours() + "h");

  static final List<Key<?>> ALL = all();

  private GatewayKeys() {}

  private static List<Key<?>> all() {
    List<Key<?>> keys = new ArrayList<>();
    keys.add(StandardKeys.BROKER_URI);
    keys.addAll(List.of(QUEUES, IN_FLIGHT, DATA, HTTP, HTTP_TOKEN_FILE, HTTP_ADDRESS_FILE, LOOPS));
    keys.addAll(List.of(FILES_ROOT, OUTPUT_ROOT, SET, GRACE, ADAPTIVE, RETENTION, ABANDON_AFTER));
    keys.addAll(StandardKeys.BROKER.stream().filter(key -> !keys.contains(key)).toList());
    keys.addAll(List.of(StandardKeys.TOPOLOGY_MODE, StandardKeys.STOP_GRACE));
    keys.addAll(HealthKeys.ALL);
    keys.addAll(LogFormat.KEYS);
    return List.copyOf(keys);
  }

  static GatewaySettings gatewaySettings(Settings settings, Map<String, String> environment) {
    return new GatewaySettings(
        StandardKeys.brokerSettings(settings),
        settings.get(QUEUES),
        settings.get(IN_FLIGHT),
        settings.find(LOOPS).orElseGet(() -> Runtime.getRuntime().availableProcessors()),
        settings.get(StandardKeys.TOPOLOGY_MODE),
        settings.get(StandardKeys.BROKER_CONSUMER_TIMEOUT),
        taskSettings(settings),
        new StoreSettings(
            dataFolder(settings, environment),
            settings.get(RETENTION),
            settings.get(ABANDON_AFTER)),
        settings.get(StandardKeys.STOP_GRACE),
        settings.get(ADAPTIVE));
  }

  /**
   * Where to serve the HTTP API; empty if switched off. A port that is taken gives way if nobody
   * chose it, and if whoever chose it reads in a file what it has become.
   */
  static Optional<HttpSettings> httpSettings(Settings settings) {
    String where = settings.get(HTTP);
    if (where.equals("off")) {
      return Optional.empty();
    }
    Optional<Path> addressFile = settings.find(HTTP_ADDRESS_FILE);
    HttpSettings served =
        HttpSettings.parse(
            where,
            settings.isSet(HTTP) && addressFile.isEmpty(),
            settings.find(HTTP_TOKEN_FILE).orElse(null));
    return Optional.of(addressFile.map(served::toldIn).orElse(served));
  }

  private static Path dataFolder(Settings settings, Map<String, String> environment) {
    return settings
        .find(DATA)
        .orElseGet(
            () -> {
              String home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
              String base = environment.getOrDefault("XDG_STATE_HOME", "");
              return Path.of(base.isBlank() ? home + "/.local/state" : base, "warren", "gateway");
            });
  }

  private static Map<String, String> taskSettings(Settings settings) {
    Map<String, String> all = new HashMap<>(settings.get(SET));
    settings.find(FILES_ROOT).ifPresent(root -> all.put(FilesRoot.SETTING, root.toString()));
    settings
        .find(OUTPUT_ROOT)
        .ifPresent(root -> all.put(FilesRoot.OUTPUT_SETTING, root.toString()));
    return all;
  }
}
