package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Somebody who uses the API. */
final class Caller implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;

  Caller(URI address) {
    this.address = address;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(90));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** The body is read as it comes. */
  HttpResponse<InputStream> sendForStream(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofInputStream());
  }

  CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  CompletableFuture<HttpResponse<String>> getAsync(String path) {
    return sendAsync(request(path).GET());
  }

  HttpResponse<String> post(String path, String json, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path).header("Content-Type", "application/json").POST(body(json));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> postLines(String path, String lines, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path).header("Content-Type", "application/x-ndjson").POST(body(lines));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** Begins to read an event stream. */
  EventReader events(String path, @Nullable String lastId)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).GET();
    if (lastId != null) {
      request.header("Last-Event-ID", lastId);
    }
    return new EventReader(sendForStream(request));
  }

  static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  static JsonNode json(HttpResponse<String> answer) {
    return JsonCodec.tree(JsonText.of(answer.body()), "the answer");
  }

  static void assertProblem(HttpResponse<String> answer, int status, String word, String detail) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = json(answer);
    assertThat(problem.path("type").asText()).isEqualTo("urn:warren:problem:" + word);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).contains(detail);
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
