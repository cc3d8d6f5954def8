package dev.warren.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP API of RabbitMQ's management plugin, as the broker's administrator. */
final class ManagementApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementApi.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Not HTTP/2: of that the client keeps connections that the broker has closed. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();

  private final URI base;
  private final String authorization;

  ManagementApi(BrokerAddress address) {
    base = address.management();
    String login = address.user() + ":" + address.password();
    authorization =
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
  }

  /** Joins path segments, escaped. */
  static String path(String... segments) {
    StringBuilder path = new StringBuilder("/api");
    for (String segment : segments) {
      path.append('/').append(BrokerAddress.encode(segment));
    }
    return path.toString();
  }

  JsonNode get(String path) {
    return json(send("GET", path, BodyPublishers.noBody()));
  }

  void put(String path, Map<String, ?> body) {
    send("PUT", path, publisher(body));
  }

  JsonNode post(String path, Map<String, ?> body) {
    return json(send("POST", path, publisher(body)));
  }

  void delete(String path) {
    send("DELETE", path, BodyPublishers.noBody());
  }

  /**
   * Deletes a virtual host. A broker was once seen to answer that with 500 after its restart, for a
   * reason that is lost; so such an answer is told in the log and asked for again, for a while.
   * What is gone then was deleted by an earlier try.
   */
  void deleteVirtualHost(String name) {
    String path = path("vhosts", name);
    AtomicInteger failed = new AtomicInteger();
    Awaitility.await("deletion of " + base + path)
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              HttpResponse<String> answer = exchange("DELETE", path, BodyPublishers.noBody());
              if (answer.statusCode() >= 500) {
                failed.incrementAndGet();
                LOG.warn("{}", refused("DELETE", path, answer).getMessage());
                return false;
              }
              if (answer.statusCode() >= 300 && !(answer.statusCode() == 404 && failed.get() > 0)) {
                throw refused("DELETE", path, answer);
              }
              return true;
            });
  }

  /** The status alone, for questions that are answered by it. */
  int status(String path) {
    return exchange("GET", path, BodyPublishers.noBody()).statusCode();
  }

  private String send(String method, String path, BodyPublisher body) {
    HttpResponse<String> response = exchange(method, path, body);
    if (response.statusCode() >= 300) {
      throw refused(method, path, response);
    }
    return response.body();
  }

  private BrokerException refused(String method, String path, HttpResponse<String> response) {
    return new BrokerException(
        "%s %s%s: status %d, %s"
            .formatted(method, base, path, response.statusCode(), response.body()));
  }

  private HttpResponse<String> exchange(String method, String path, BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(LIMIT)
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    try {
      try {
        return http.send(request, BodyHandlers.ofString());
      } catch (IOException e) {
        if (method.equals("POST")) {
          throw e;
        }
        // The broker closes a connection that was idle for long, maybe in this moment; none of
        // these methods minds to be repeated.
        LOG.debug("{} {}{} once more: {}", method, base, path, e.toString());
        return http.send(request, BodyHandlers.ofString());
      }
    } catch (IOException e) {
      throw new BrokerException("no answer to " + method + " " + base + path + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted in " + method + " " + base + path, e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return text.isEmpty() ? MissingNode.getInstance() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new BrokerException("the management API did not answer in JSON: " + text, e);
    }
  }

  /** An object of JSON; anything else (RabbitMQ writes an empty object as a list) is empty. */
  static Map<String, Object> map(JsonNode object) {
    return object.isObject() ? JSON.convertValue(object, new TypeReference<>() {}) : Map.of();
  }

  private static BodyPublisher publisher(Map<String, ?> body) {
    try {
      return BodyPublishers.ofString(JSON.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new BrokerException("not to be written as JSON: " + body, e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
