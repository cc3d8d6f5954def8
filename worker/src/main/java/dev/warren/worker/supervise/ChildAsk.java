package dev.warren.worker.supervise;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.Secret;
import dev.warren.worker.crash.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Asks supervised processes over their own ports, which only this machine can reach. Safe for
 * concurrent use; every call blocks, at most a few seconds.
 */
final class ChildAsk {
  private static final int LIMIT_MILLIS = Math.toIntExact(Duration.ofSeconds(2).toMillis());

  private record Answer(int status, String body) {}

  private final RunFolder folder;
  private final Optional<Secret> token;

  ChildAsk(RunFolder folder, Optional<Secret> token) {
    this.folder = folder;
    this.token = token;
  }

  /** How each of them is doing. */
  Map<Child, ChildReport> reports(List<Child> children) {
    return all(children, this::report);
  }

  /** The metrics of those that answer. */
  Map<Child, String> metrics(List<Child> children) {
    Map<Child, String> all =
        all(children, child -> ask(child, "/metrics").map(Answer::body).orElse(""));
    all.values().removeIf(String::isEmpty);
    return all;
  }

  private ChildReport report(Child child) {
    Optional<Answer> answer = ask(child, "/health/ready");
    if (answer.isPresent()) {
      return ChildReport.of(JsonCodec.tree(JsonText.of(answer.get().body()), "health"));
    }
    return ChildReport.silent(child.state().pid() > 0 ? "it starts" : "it does not run");
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
  private static <T> Map<Child, T> all(List<Child> children, Function<Child, T> question) {
    Map<Child, T> all = new LinkedHashMap<>();
    try (ExecutorService asking =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("warren-ask-", 1).factory())) {
      Map<Child, Future<T>> answers = new LinkedHashMap<>();
      children.forEach(child -> answers.put(child, asking.submit(() -> question.apply(child))));
      for (Map.Entry<Child, Future<T>> answer : answers.entrySet()) {
        all.put(answer.getKey(), answer.getValue().get());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException broken) {
      throw new IllegalStateException("a child's health could not be read", broken.getCause());
    }
    return all;
  }
}
