package dev.warren.worker.supervise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Secret;
import dev.warren.engine.health.Health;
import dev.warren.worker.crash.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Health and metrics of all children, asked over their own ports, which only this machine can
 * reach. Safe for concurrent use; every call blocks, at most a few seconds.
 */
final class ChildHealth {
  private static final int LIMIT_MILLIS = Math.toIntExact(Duration.ofSeconds(2).toMillis());

  private static final String DRAINED = "drained";

  private record Answer(int status, String body) {}

  private final List<Child> children;
  private final RunFolder folder;
  private final Optional<Secret> token;

  ChildHealth(List<Child> children, RunFolder folder, Optional<Secret> token) {
    this.children = List.copyOf(children);
    this.folder = folder;
    this.token = token;
  }

  /** Ready when all children are, but for those that were told to drain and are gone. */
  Health health() {
    ObjectNode about = JsonCodec.json().createObjectNode();
    ArrayNode processes = about.putArray("processes");
    List<String> reasons = new ArrayList<>();
    for (ObjectNode one : askAll(this::describe)) {
      processes.add(one);
      String status = one.path("status").asText();
      if (!status.equals("ready") && !status.equals(DRAINED)) {
        reasons.add(one.path("name").asText() + ": " + one.path("reason").asText("not ready"));
      }
    }
    return new Health(reasons.isEmpty(), String.join("; ", reasons), about);
  }

  /** The metrics of all children that answer, and those of the supervision itself. */
  String metrics() {
    MetricsUnion union = new MetricsUnion();
    askAll(child -> ask(child, "/metrics").map(Answer::body).orElse("")).forEach(union::add);
    StringBuilder own = new StringBuilder();
    own.append("# HELP warren_process_up 1 if the supervised process runs\n");
    own.append("# TYPE warren_process_up gauge\n");
    for (Child child : children) {
      sample(own, "warren_process_up", child, child.alive() ? 1 : 0);
    }
    own.append("# HELP warren_process_restarts_total How often it was started again\n");
    own.append("# TYPE warren_process_restarts_total counter\n");
    for (Child child : children) {
      sample(own, "warren_process_restarts_total", child, child.restarts());
    }
    union.add(own.toString());
    return union.toString();
  }

  private static void sample(StringBuilder text, String name, Child child, int value) {
    text.append(name).append("{process=\"").append(child.label()).append("\"} ").append(value);
    text.append('\n');
  }

  private ObjectNode describe(Child child) {
    ObjectNode one = JsonCodec.json().createObjectNode();
    one.put("name", child.label());
    one.put("pid", child.pid());
    one.put("restarts", child.restarts());
    if (child.drained()) {
      return one.put("status", DRAINED);
    }
    Optional<Answer> answer = ask(child, "/health/ready");
    if (answer.isEmpty()) {
      one.put("status", "not ready");
      one.put("reason", child.alive() ? "it starts" : "it does not run");
    } else {
      JsonNode told = JsonCodec.tree(JsonText.of(answer.get().body()), "health");
      if (told instanceof ObjectNode object) {
        one.setAll(object);
      }
    }
    return one;
  }

  private Optional<Answer> ask(Child child, String path) {
    HttpURLConnection connection = null;
    try {
      URI base = URI.create(Files.readString(folder.healthAddress(child.label())).strip());
      connection = (HttpURLConnection) base.resolve(path).toURL().openConnection();
      connection.setConnectTimeout(LIMIT_MILLIS);
      connection.setReadTimeout(LIMIT_MILLIS);
      if (token.isPresent()) {
        connection.setRequestProperty("Authorization", "Bearer " + token.get().reveal());
      }
      int status = connection.getResponseCode();
      if (status != 200 && status != 503) {
        return Optional.empty();
      }
      try (InputStream body =
          Objects.requireNonNullElseGet(
              status == 200 ? connection.getInputStream() : connection.getErrorStream(),
              InputStream::nullInputStream)) {
        return Optional.of(
            new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8)));
      }
    } catch (IOException notYet) {
      // Not started, just gone, or too busy: told as not ready.
      return Optional.empty();
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  /** Asks all at once, so that one that hangs does not add to the others. */
  private <T> List<T> askAll(Function<Child, T> question) {
    try (ExecutorService asking =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("warren-ask-", 1).factory())) {
      List<Future<T>> answers =
          children.stream().map(child -> asking.submit(() -> question.apply(child))).toList();
      List<T> all = new ArrayList<>();
      for (Future<T> answer : answers) {
        all.add(answer.get());
      }
      return all;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (ExecutionException broken) {
      throw new IllegalStateException("a child's health could not be read", broken.getCause());
    }
  }
}
