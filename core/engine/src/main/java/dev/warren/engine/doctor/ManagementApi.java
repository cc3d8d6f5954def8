package dev.warren.engine.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.BrokerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** Reads the management plugin's HTTP API. */
final class ManagementApi implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final HttpClient client =
      // Told, because the API answers no attempt to change the protocol.
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
  private final String root;
  private final String authorization;

  ManagementApi(URI address, BrokerSettings broker) {
    String path = address.getRawPath() == null ? "" : address.getRawPath().replaceAll("/+$", "");
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    this.root = address.getScheme() + "://" + address.getHost() + port + path;
    String login =
        address.getRawUserInfo() == null
            ? broker.username() + ":" + broker.password().reveal()
            : URLDecoder.decode(
                address.getRawUserInfo().replace("+", "%2B"), StandardCharsets.UTF_8);
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  /** What the API answers to a path that begins with {@code /api/}. */
  JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(root + path))
            .timeout(LIMIT)
            .header("Authorization", authorization)
            .build();
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("HTTP " + answer.statusCode() + " for " + path);
    }
    return JsonCodec.json().readTree(answer.body());
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
