package dev.warren.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Durations;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.topology.TopologyNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Compares what the files say with what the programs know. Finds problems; none is good. */
final class DeployChecks {
  private static final Pattern VARIABLE = Pattern.compile("\\bWARREN_[A-Z_]*[A-Z]\\b");
  private static final String HEALTH = "/opt/warren/bin/health";
  private static final Set<String> HEALTH_WORDS = Set.of("live", "ready");
  static final Set<String> HEALTH_PATHS = Set.of("/health/live", "/health/ready");

  /** Seconds between the end of the grace and the kill: for the last answers, and the exit. */
  private static final long AFTER_GRACE = 10;

  private final DeployFiles files;
  private final ComposeFile compose;
  private final KubernetesObjects kubernetes;
  private final Dockerfile image;
  private final List<String> problems = new ArrayList<>();

  private DeployChecks(DeployFiles files) {
    this.files = files;
    this.compose = new ComposeFile(files);
    this.kubernetes = new KubernetesObjects(files);
    this.image = Dockerfile.of(files.text(DeployFiles.DOCKERFILE));
  }

  /** All problems of these files, each with its place. */
  static List<String> problemsOf(DeployFiles files) {
    DeployChecks checks = new DeployChecks(files);
    checks.checkImage();
    checks.checkVariables();
    checks.checkHostScripts();
    checks.checkUnits();
    checks.problems.addAll(checks.compose.missing());
    List<Container> containers = checks.containers();
    containers.forEach(checks::checkContainer);
    checks.checkQueues(containers);
    checks.compose.containers().forEach(checks::checkComposeSecurity);
    checks.checkComposePorts();
    new KubernetesChecks(checks.kubernetes, checks.image).problems(checks.problems);
    return checks.problems;
  }

  private List<Container> containers() {
    return Stream.concat(compose.containers().stream(), kubernetes.containers().stream()).toList();
  }

  private void report(String where, String what) {
    problems.add(where + ": " + what);
  }

  private void checkImage() {
    if (!image.last("USER").matches("[1-9]\\d*:[1-9]\\d*")) {
      report(DeployFiles.DOCKERFILE, "USER is not by number: " + image.last("USER"));
    }
    // What StopRequests takes as a request to stop.
    if (!Set.of("SIGTERM", "SIGINT", "SIGHUP").contains(image.last("STOPSIGNAL"))) {
      report(DeployFiles.DOCKERFILE, "no program stops at " + image.last("STOPSIGNAL"));
    }
    image
        .copies()
        .forEach(
            (to, from) -> {
              if (!from.startsWith("target/") && !files.has("deploy/" + from)) {
                report(DeployFiles.DOCKERFILE, "copies what is not there: " + from);
              }
            });
    if (!image.copies().containsKey(HEALTH)) {
      report(DeployFiles.DOCKERFILE, "has no " + HEALTH);
    }
    List<String> health = image.strings("HEALTHCHECK");
    checkHealthCommand(DeployFiles.DOCKERFILE, health);
    if (!image.strings("ENTRYPOINT").equals(List.of("/opt/warren/bin/warren"))) {
      report(DeployFiles.DOCKERFILE, "does not start the launcher of the release");
    }
  }

  private void checkHealthCommand(String where, List<String> command) {
    if (command.size() != 2
        || !command.getFirst().equals(HEALTH)
        || !HEALTH_WORDS.contains(command.getLast())) {
      report(where, "is no health check of the image: " + command);
    }
  }

  /** Every variable of ours that any file names. */
  private void checkVariables() {
    files
        .all()
        .forEach(
            (path, text) -> {
              Matcher matcher = VARIABLE.matcher(text);
              while (matcher.find()) {
                if (!Programs.reads(matcher.group())) {
                  report(path, "nobody reads " + matcher.group());
                }
              }
            });
  }

  /** The flags that the scripts give to the programs. */
  private void checkHostScripts() {
    String script = files.text("deploy/scripts/host.sh");
    Matcher matcher = Pattern.compile("start_part (?:[^\\\\\\n]|\\\\[\\s\\S])*").matcher(script);
    while (matcher.find()) {
      for (String word : matcher.group().split("\\s+", -1)) {
        if (word.startsWith("--")
            && Programs.allKeys().stream()
                .noneMatch(
                    key -> key.flag().equals(word) || key.flagAlias().equals(Optional.of(word)))) {
          report("deploy/scripts/host.sh", "no program has the flag " + word);
        }
      }
    }
  }

  /** The command lines of the units for systemd. */
  private void checkUnits() {
    Pattern command = Pattern.compile("(?m)^ExecStart=/opt/warren/bin/warren (.*)$");
    files
        .all()
        .forEach(
            (path, text) -> {
              if (path.endsWith(".service")) {
                Matcher matcher = command.matcher(text);
                String words = matcher.find() ? matcher.group(1) : "";
                String instance = words.replace("%i", "8077").replace("%S", "/var/lib");
                try {
                  Programs.settings(List.of(instance.split(" ", -1)), Map.of("HOME", "/nowhere"));
                } catch (ConfigurationException refused) {
                  report(path, String.valueOf(refused.getMessage()));
                }
              }
            });
  }

  private void checkContainer(Container container) {
    Settings settings;
    try {
      settings = Programs.settings(container);
    } catch (ConfigurationException refused) {
      report(container.where(), String.valueOf(refused.getMessage()));
      return;
    }
    checkBroker(container, settings);
    checkPaths(container, settings);
    checkGrace(container, settings);
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      JsonNode described = container.described().path(probe);
      if (described.has("exec")) {
        checkHealthCommand(
            container.where(), KubernetesObjects.texts(described.path("exec").path("command")));
      }
      if (described.has("httpGet")) {
        checkHttpProbe(container, described.path("httpGet"));
      }
    }
    for (JsonNode port : container.described().path("ports")) {
      if (port.has("containerPort")) {
        checkListens(container, settings, port.path("containerPort").asInt());
      }
    }
  }

  private void checkBroker(Container container, Settings settings) {
    BrokerSettings broker = BrokerSettings.parse(Programs.value(settings, "broker.uri"));
    String host = broker.host() + ":" + broker.port();
    if (!container.hosts().contains(host)) {
      report(container.where(), "nothing serves the broker's address " + host);
    }
    String user = Programs.value(settings, "broker.username");
    boolean known =
        files
            .documents("deploy/permissions.json")
            .getFirst()
            .path("permissions")
            .valueStream()
            .anyMatch(one -> one.path("user").asText().equals(user));
    if (!known) {
      report(container.where(), "no permissions for the user '" + user + "'");
    }
    String role = container.role();
    Set<String> meant =
        switch (role) {
          case "worker", "gateway" -> Set.of("warren-" + role);
          case "topology" -> Set.of("warren-admin");
          default -> Set.of("warren-producer", "warren-operator");
        };
    if (!meant.contains(user)) {
      report(container.where(), role + " runs as " + user);
    }
    if (!container.environment().containsKey("WARREN_BROKER_PASSWORD_FILE")
        && Programs.value(settings, "broker.password-file").isEmpty()) {
      report(container.where(), "has no password");
    }
  }

  /** Every path that was set is a file that is there, or below a folder that can be written. */
  private void checkPaths(Container container, Settings settings) {
    for (Settings.Line line : settings.lines()) {
      String value = line.value();
      if (!value.startsWith("/")) {
        continue;
      }
      boolean there =
          line.key().endsWith("-file")
              ? container.files().containsKey(value)
              : container.writable().stream().anyMatch(folder -> value.startsWith(folder + "/"));
      if (!there) {
        report(container.where(), "nothing is mounted for " + line.key() + " at " + value);
      }
    }
  }

  private void checkGrace(Container container, Settings settings) {
    String grace = Programs.value(settings, container.role() + ".grace");
    if (!grace.isEmpty()
        && Durations.parse(grace).toSeconds() + AFTER_GRACE > container.graceSeconds()) {
      report(
          container.where(),
          "is killed after %d s, with a grace of %s".formatted(container.graceSeconds(), grace));
    }
  }

  private void checkHttpProbe(Container container, JsonNode probe) {
    if (!HEALTH_PATHS.contains(probe.path("path").asText())) {
      report(container.where(), "nothing answers " + probe.path("path").asText());
    }
    String port = probe.path("port").asText();
    int number =
        container
            .described()
            .path("ports")
            .valueStream()
            .filter(one -> one.path("name").asText().equals(port))
            .map(one -> one.path("containerPort").asInt())
            .findFirst()
            .orElse(-1);
    if (number < 0) {
      report(container.where(), "has no port " + port);
    }
  }

  /** The ports on which a program can be reached from outside of its container. */
  private static Set<Integer> listens(Settings settings) {
    Set<Integer> ports = new LinkedHashSet<>();
    String http = Programs.value(settings, "gateway.http");
    if (http.startsWith("0.0.0.0:")) {
      ports.add(Integer.valueOf(http.substring(http.indexOf(':') + 1)));
    }
    if (Programs.value(settings, "health.host").equals("0.0.0.0")) {
      ports.add(Integer.valueOf(Programs.value(settings, "health.port")));
    }
    return ports;
  }

  private void checkListens(Container container, Settings settings, int port) {
    if (!listens(settings).contains(port)) {
      report(container.where(), "does not listen on port " + port);
    }
  }

  private void checkComposeSecurity(Container container) {
    if (!container.described().path("read_only").asBoolean()
        || !container.described().path("cap_drop").toString().contains("ALL")) {
      report(container.where(), "may write its root or has capabilities");
    }
    if (container.described().has("user")) {
      report(container.where(), "is another user than the image says");
    }
  }

  private void checkComposePorts() {
    compose
        .services()
        .properties()
        .forEach(
            service -> {
              for (JsonNode port : service.getValue().path("ports")) {
                if (!port.asText().startsWith("127.0.0.1:")) {
                  report(DeployFiles.COMPOSE, "port for everybody: " + port.asText());
                }
              }
            });
    for (Container container : compose.containers()) {
      for (JsonNode port : container.described().path("ports")) {
        String inside = port.asText().substring(port.asText().lastIndexOf(':') + 1);
        checkListens(container, settingsOf(container), Integer.parseInt(inside));
      }
    }
  }

  /** Every queue that is served is declared, by the same road. */
  private void checkQueues(List<Container> containers) {
    for (String road : List.of(DeployFiles.COMPOSE, DeployFiles.KUBERNETES)) {
      Set<String> served = new TreeSet<>();
      Set<String> declared = new TreeSet<>();
      for (Container container : containers) {
        if (container.where().startsWith(road)) {
          if (container.role().equals("topology")) {
            declared.addAll(List.of(container.arguments().getLast().split(",", -1)));
          } else if (!Programs.value(settingsOf(container), container.role() + ".queues")
              .isEmpty()) {
            served.addAll(queues(container));
          }
        }
      }
      if (!declared.equals(served)) {
        report(road, "declares the queues " + declared + " and serves " + served);
      }
      if (road.equals(DeployFiles.KUBERNETES)) {
        checkScaling(containers);
      }
    }
  }

  private static List<String> queues(Container container) {
    return List.of(
        Programs.value(settingsOf(container), container.role() + ".queues").split(",", -1));
  }

  /** Problems of the settings are told once, by {@link #checkContainer}. */
  private static Settings settingsOf(Container container) {
    try {
      return Programs.settings(container);
    } catch (ConfigurationException told) {
      return Settings.load(Programs.allKeys(), Map.of(), Map.of(), Optional.empty());
    }
  }

  private void checkScaling(List<Container> containers) {
    Set<String> counted = new TreeSet<>();
    for (JsonNode scaled : kubernetes.ofKind("ScaledObject")) {
      String where = "ScaledObject " + KubernetesObjects.name(scaled);
      String target = scaled.at("/spec/scaleTargetRef/name").asText();
      if (!kubernetes.has("Deployment", target)) {
        report(where, "scales no deployment: " + target);
      }
      for (JsonNode trigger : scaled.at("/spec/triggers")) {
        JsonNode metadata = trigger.path("metadata");
        counted.add(metadata.path("queueName").asText());
        if (!metadata.path("protocol").asText().equals("http")
            || !metadata.path("mode").asText().equals("QueueLength")
            || !metadata.path("excludeUnacknowledged").asText().equals("false")) {
          report(where, "does not count running tasks");
        }
        if (!kubernetes.has(
            "TriggerAuthentication", trigger.at("/authenticationRef/name").asText())) {
          report(where, "has no login");
        }
      }
    }
    Set<String> worked = new TreeSet<>();
    containers.stream()
        .filter(container -> container.where().startsWith(DeployFiles.KUBERNETES))
        .filter(container -> container.role().equals("worker"))
        .forEach(container -> queues(container).forEach(q -> worked.add(TopologyNames.work(q))));
    if (!counted.equals(worked)) {
      report("ScaledObject", "counts " + counted + ", and workers serve " + worked);
    }
  }
}
