package dev.warren.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the objects of Kubernetes name of each other, and how their pods are confined. */
final class KubernetesChecks {
  private final KubernetesObjects objects;
  private final Dockerfile image;

  KubernetesChecks(KubernetesObjects objects, Dockerfile image) {
    this.objects = objects;
    this.image = image;
  }

  void problems(List<String> problems) {
    objects
        .workloads()
        .forEach(
            (workload, file) -> {
              String where = file + " " + KubernetesObjects.name(workload);
              checkVolumes(where, workload, problems);
              checkConfinement(where, workload, problems);
            });
    objects.ofKind("Service").forEach(service -> checkService(service, problems));
    for (String kind : List.of("NetworkPolicy", "PodDisruptionBudget")) {
      for (JsonNode object : objects.ofKind(kind)) {
        JsonNode selector =
            object
                .path("spec")
                .path(kind.equals("NetworkPolicy") ? "podSelector" : "selector")
                .path("matchLabels");
        if (pods(selector).findAny().isEmpty()) {
          problems.add(kind + " " + KubernetesObjects.name(object) + " selects no pod");
        }
      }
    }
    for (JsonNode authentication : objects.ofKind("TriggerAuthentication")) {
      for (JsonNode secret : authentication.at("/spec/secretTargetRef")) {
        String name = secret.path("name").asText();
        if (!objects.generated("secretGenerator", name).containsKey(secret.path("key").asText())) {
          problems.add("TriggerAuthentication names no secret: " + name);
        }
      }
    }
  }

  private void checkVolumes(String where, JsonNode workload, List<String> problems) {
    JsonNode pod = workload.at("/spec/template/spec");
    for (JsonNode volume : pod.path("volumes")) {
      String secret = volume.path("secret").path("secretName").asText();
      String settings = volume.path("configMap").path("name").asText();
      if (!secret.isEmpty() && objects.generated("secretGenerator", secret).isEmpty()) {
        problems.add(where + ": no overlay makes the secret " + secret);
      }
      if (!settings.isEmpty() && objects.generated("configMapGenerator", settings).isEmpty()) {
        problems.add(where + ": nothing makes the config map " + settings);
      }
    }
    containers(pod)
        .flatMap(container -> container.path("volumeMounts").valueStream())
        .map(mount -> mount.path("name").asText())
        .filter(name -> KubernetesObjects.volume(workload, name).isMissingNode())
        .forEach(name -> problems.add(where + ": mounts no volume " + name));
  }

  private static Stream<JsonNode> containers(JsonNode pod) {
    return Stream.of("initContainers", "containers").flatMap(kind -> pod.path(kind).valueStream());
  }

  private void checkConfinement(String where, JsonNode workload, List<String> problems) {
    JsonNode pod = workload.at("/spec/template/spec");
    if (pod.path("enableServiceLinks").asBoolean(true)) {
      problems.add(where + ": gets variables of services, which the programs refuse");
    }
    if (!pod.at("/securityContext/runAsNonRoot").asBoolean()
        || !pod.at("/securityContext/seccompProfile/type").asText().equals("RuntimeDefault")) {
      problems.add(where + ": may run as root or call anything");
    }
    containers(pod)
        .forEach(
            container -> {
              JsonNode context = container.path("securityContext");
              boolean ours = container.path("image").asText().equals("warren");
              if (context.path("allowPrivilegeEscalation").asBoolean(true)
                  || !context.at("/capabilities/drop").toString().equals("[\"ALL\"]")
                  || (ours && !context.path("readOnlyRootFilesystem").asBoolean())) {
                problems.add(where + ": " + container.path("name").asText() + " is not confined");
              }
              String user =
                  pod.at("/securityContext/runAsUser").asText()
                      + ":"
                      + pod.at("/securityContext/runAsGroup").asText();
              if (ours && !user.equals(image.last("USER"))) {
                problems.add(where + ": runs as " + user + ", the image as " + image.last("USER"));
              }
              if (container.at("/resources/limits/memory").isMissingNode()) {
                problems.add(where + ": has no limit of memory");
              }
            });
  }

  private void checkService(JsonNode service, List<String> problems) {
    List<JsonNode> pods = pods(service.at("/spec/selector")).toList();
    for (JsonNode port : service.at("/spec/ports")) {
      boolean served =
          pods.stream()
              .flatMap(KubernetesChecks::containers)
              .flatMap(container -> container.path("ports").valueStream())
              .anyMatch(
                  one ->
                      Set.of(one.path("name").asText(), one.path("containerPort").asText())
                          .contains(port.path("targetPort").asText()));
      if (!served) {
        problems.add(
            "service %s: no pod serves %s"
                .formatted(KubernetesObjects.name(service), port.path("targetPort").asText()));
      }
    }
  }

  private Stream<JsonNode> pods(JsonNode selector) {
    return objects.workloads().keySet().stream()
        .filter(
            workload ->
                selector.properties().stream()
                    .allMatch(
                        label ->
                            workload
                                .at("/spec/template/metadata/labels")
                                .path(label.getKey())
                                .equals(label.getValue())))
        .map(workload -> workload.at("/spec/template/spec"));
  }
}
