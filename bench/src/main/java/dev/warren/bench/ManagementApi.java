package dev.warren.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.OptionalLong;

/**
 * What a benchmark needs of the broker's management plugin: virtual hosts of its own, and the
 * node's process.
 */
final class ManagementApi implements AutoCloseable {
  /** Deleting a virtual host with millions of messages takes a while. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final URI root;
  private final String user;
  private final String authorization;

  // The plugin's server breaks off a request with a body that offers HTTP/2.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  ManagementApi(URI root, BrokerSettings login) {
    this.root = root;
    this.user = login.username();
    this.authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (user + ":" + login.password().reveal()).getBytes(StandardCharsets.UTF_8));
  }

  void createVirtualHost(String name) {
    send("PUT", "/api/vhosts/" + name, "{}");
    send(
        "PUT",
        "/api/permissions/" + name + "/" + user,
        "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
  }

  void deleteVirtualHost(String name) {
    send("DELETE", "/api/vhosts/" + name, "");
  }

  /** The process of the only node, as that machine numbers it. */
  OptionalLong nodeProcess() {
    JsonNode nodes = JsonCodec.tree(JsonText.of(send("GET", "/api/nodes", "")), "the nodes");
    return nodes.size() == 1
        ? OptionalLong.of(nodes.get(0).path("os_pid").asLong())
        : OptionalLong.empty();
  }

  private String send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve(path))
            .timeout(LIMIT)
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new BenchException(
            "the broker's management API answered %d to %s %s: a benchmark needs a user with the tag 'administrator'"
                .formatted(answer.statusCode(), method, path));
      }
      return answer.body();
    } catch (IOException failed) {
      throw new BenchException("no management API at " + root + ": " + failed, failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", interrupted);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
