package dev.warren.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The objects of all Kustomize folders, as they stand in the files. */
final class KubernetesObjects {
  private static final long DEFAULT_GRACE = 30;

  private final DeployFiles files;
  private final Map<String, List<JsonNode>> byFile;
  private final Dockerfile image;

  KubernetesObjects(DeployFiles files) {
    this.files = files;
    this.byFile = files.kubernetes();
    this.image = Dockerfile.of(files.text(DeployFiles.DOCKERFILE));
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  List<JsonNode> ofKind(String kind) {
    return byFile.values().stream()
        .flatMap(List::stream)
        .filter(object -> object.path("kind").asText().equals(kind))
        .toList();
  }

  boolean has(String kind, String name) {
    return ofKind(kind).stream().anyMatch(object -> name(object).equals(name));
  }

  static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  /** Deployments and stateful sets, by the file they stand in. */
  Map<JsonNode, String> workloads() {
    Map<JsonNode, String> workloads = new LinkedHashMap<>();
    byFile.forEach(
        (file, objects) ->
            objects.stream()
                .filter(object -> object.path("spec").path("template").has("spec"))
                .forEach(object -> workloads.put(object, file)));
    return workloads;
  }

  /** The files of a generated ConfigMap or Secret by key; empty if nothing generates it. */
  Map<String, String> generated(String generator, String name) {
    Map<String, String> keys = new LinkedHashMap<>();
    byFile.forEach(
        (file, objects) -> {
          for (JsonNode object : objects) {
            for (JsonNode one : object.path(generator)) {
              if (one.path("name").asText().equals(name)) {
                one.path("files").forEach(entry -> addKey(keys, file, entry.asText()));
              }
            }
          }
        });
    return keys;
  }

  private void addKey(Map<String, String> keys, String kustomization, String entry) {
    int equals = entry.indexOf('=');
    String path = entry.substring(equals + 1);
    String key =
        equals < 0 ? path.substring(path.lastIndexOf('/') + 1) : entry.substring(0, equals);
    String file = kustomization.substring(0, kustomization.lastIndexOf('/') + 1) + path;
    keys.put(key, files.has(file) ? files.text(file) : "");
  }

  List<Container> containers() {
    List<Container> containers = new ArrayList<>();
    workloads()
        .forEach(
            (workload, file) -> {
              JsonNode pod = workload.path("spec").path("template").path("spec");
              Stream.of("initContainers", "containers")
                  .flatMap(kind -> pod.path(kind).valueStream())
                  .filter(container -> container.path("image").asText().equals("warren"))
                  .forEach(container -> containers.add(container(file, workload, container)));
            });
    return containers;
  }

  private Container container(String file, JsonNode workload, JsonNode container) {
    JsonNode pod = workload.path("spec").path("template").path("spec");
    Map<String, String> environment = new LinkedHashMap<>(image.environment());
    for (JsonNode variable : container.path("env")) {
      environment.put(variable.path("name").asText(), variable.path("value").asText());
    }
    Map<String, String> found = new LinkedHashMap<>();
    Set<String> writable = new LinkedHashSet<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      String path = mount.path("mountPath").asText();
      JsonNode volume = volume(workload, mount.path("name").asText());
      Map<String, String> keys = new LinkedHashMap<>();
      keys.putAll(generated("secretGenerator", volume.path("secret").path("secretName").asText()));
      keys.putAll(generated("configMapGenerator", volume.path("configMap").path("name").asText()));
      keys.forEach((key, text) -> found.put(path + "/" + key, text));
      if (volume.has("emptyDir") || volume.path("spec").has("accessModes")) {
        writable.add(path);
      }
    }
    return new Container(
        file + " " + container.path("name").asText(),
        texts(container.path("args")),
        environment,
        found,
        writable,
        pod.path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE),
        hosts(),
        container);
  }

  /** A volume of the pod, or a claim of the stateful set; missing if there is none. */
  static JsonNode volume(JsonNode workload, String name) {
    return Stream.concat(
            workload.at("/spec/template/spec/volumes").valueStream(),
            workload.at("/spec/volumeClaimTemplates").valueStream())
        .filter(volume -> volume.path("name").asText().equals(name) || name(volume).equals(name))
        .findFirst()
        .orElseGet(() -> workload.path("no such volume"));
  }

  private Set<String> hosts() {
    Set<String> hosts = new LinkedHashSet<>();
    for (JsonNode service : ofKind("Service")) {
      for (JsonNode port : service.path("spec").path("ports")) {
        hosts.add(name(service) + ":" + port.path("port").asText());
      }
    }
    return hosts;
  }
}
