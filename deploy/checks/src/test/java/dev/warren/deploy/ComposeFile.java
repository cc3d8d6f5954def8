package dev.warren.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.configuration.Durations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The services of the Compose file. */
final class ComposeFile {
  private static final String TEN_SECONDS = "10s";

  private final JsonNode file;
  private final Dockerfile image;

  ComposeFile(DeployFiles files) {
    this.file = files.documents(DeployFiles.COMPOSE).getFirst();
    this.image = Dockerfile.of(files.text(DeployFiles.DOCKERFILE));
  }

  JsonNode services() {
    return file.path("services");
  }

  /** Those of our image. */
  List<Container> containers() {
    List<Container> containers = new ArrayList<>();
    services()
        .properties()
        .forEach(
            service -> {
              if (service.getValue().path("image").asText().equals("warren")) {
                containers.add(container(service.getKey(), service.getValue()));
              }
            });
    return containers;
  }

  /** What the files name of each other and that is not there. */
  List<String> missing() {
    List<String> problems = new ArrayList<>();
    services()
        .properties()
        .forEach(
            service -> {
              for (JsonNode secret : service.getValue().path("secrets")) {
                if (!file.path("secrets").has(secret.asText())) {
                  problems.add(service.getKey() + " names the unknown secret " + secret.asText());
                }
              }
              service
                  .getValue()
                  .path("depends_on")
                  .propertyStream()
                  .filter(needed -> !services().has(needed.getKey()))
                  .forEach(
                      needed -> problems.add(service.getKey() + " needs no service " + needed));
            });
    return problems;
  }

  private Container container(String name, JsonNode service) {
    Map<String, String> environment = new LinkedHashMap<>(image.environment());
    service
        .path("environment")
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
    Map<String, String> found = new LinkedHashMap<>();
    service.path("secrets").forEach(secret -> found.put("/run/secrets/" + secret.asText(), ""));
    Set<String> writable = new LinkedHashSet<>();
    service.path("tmpfs").forEach(folder -> writable.add(folder.asText().replaceFirst(":.*", "")));
    for (JsonNode volume : service.path("volumes")) {
      String target = volume.asText().replaceFirst("[^:]*:", "");
      if (!target.endsWith(":ro")) {
        writable.add(target);
      }
    }
    return new Container(
        DeployFiles.COMPOSE + " " + name,
        KubernetesObjects.texts(service.path("command")),
        environment,
        found,
        writable,
        Durations.parse(service.path("stop_grace_period").asText(TEN_SECONDS)).toSeconds(),
        Set.of("rabbitmq:5672", "rabbitmq:15672", "gateway:8080"),
        service);
  }
}
