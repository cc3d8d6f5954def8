package dev.warren.producer.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.CodecException;
import dev.warren.api.GatewayRequiredException;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.codec.JsonParts;
import dev.warren.engine.codec.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Sends requests to a gateway and turns what goes wrong into what it means. */
final class Requests implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
  private static final String PROBLEM_PREFIX = "urn:warren:problem:";

  /** A gateway in front of which something else stands says with these that it is not there. */
  private static final Set<Integer> AWAY = Set.of(502, 503, 504);

  private final GatewaySettings settings;
  private final HttpClient http;

  Requests(GatewaySettings settings) {
    this.settings = settings;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .executor(
                Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("warren-client-gateway-", 0).factory()))
            .build();
  }

  GatewaySettings settings() {
    return settings;
  }

  /** Reads a document. */
  JsonNode get(String path, Duration wait) {
    return document(request(path, wait).GET().build());
  }

  /** Asks for something; the body is JSON. */
  JsonNode post(String path, JsonText body) {
    return document(
        request(path, Duration.ZERO)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.bytes()))
            .build());
  }

  /**
   * Opens a stream; only its beginning has a deadline. Empty if nothing is left of what is asked
   * for, and nothing will come (HTTP 204, as the HTML standard has it for event streams).
   */
  Optional<InputStream> stream(String path, Map<String, String> headers) {
    HttpRequest.Builder request = request(path, Duration.ZERO).GET();
    headers.forEach(request::header);
    HttpResponse<InputStream> response =
        send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    InputStream body = response.body();
    if (response.statusCode() == 200) {
      return Optional.of(body);
    }
    try (body) {
      if (response.statusCode() == 204) {
        return Optional.empty();
      }
      throw refusal(response, body.readAllBytes());
    } catch (IOException lost) {
      throw away("the answer was cut off: " + lost.getMessage(), lost);
    }
  }

  private HttpRequest.Builder request(String path, Duration wait) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.resource(path))
            .timeout(settings.deadline().plus(wait))
            .header("Accept", "application/json, application/x-ndjson, text/event-stream");
    if (settings.token() != null) {
      request.header("Authorization", "Bearer " + settings.token().reveal());
    }
    return request;
  }

  private JsonNode document(HttpRequest request) {
    HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw refusal(response, response.body());
    }
    try {
      return JsonParts.tree(
          JsonText.wrap(response.body()), TaskStatus.KEPT, "the gateway's answer");
    } catch (CodecException foreign) {
      throw notOurs(response, foreign);
    }
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
    try {
      return http.send(request, body);
    } catch (HttpConnectTimeoutException | ConnectException refused) {
      String reason = refused.getMessage();
      throw away(reason == null || reason.isEmpty() ? "nothing listens there" : reason, refused);
    } catch (HttpTimeoutException slow) {
      throw away(
          "there was no answer within "
              + request.timeout().orElse(settings.deadline()).toSeconds()
              + " s",
          slow);
    } catch (IOException lost) {
      throw away("the connection was lost: " + lost.getMessage(), lost);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw away("interrupted", interrupted);
    }
  }

  GatewayRequiredException away(String why, @Nullable Throwable cause) {
    return new GatewayRequiredException(
        "no gateway answers at "
            + settings.uri()
            + " ("
            + why
            + "): start one ('warren up' or 'warren gateway'), or say where one is (gateway.uri)",
        cause);
  }

  private GatewayRequiredException notOurs(HttpResponse<?> response, @Nullable Throwable cause) {
    return new GatewayRequiredException(
        "what answers at "
            + settings.uri()
            + " is no Warren gateway (status "
            + response.statusCode()
            + ", "
            + response.headers().firstValue("Content-Type").orElse("no content type")
            + "): say where the gateway is (gateway.uri)",
        cause);
  }

  private WarrenException refusal(HttpResponse<?> response, byte[] body) {
    int status = response.statusCode();
    String kind = "";
    String detail = "";
    if (response.headers().firstValue("Content-Type").orElse("").contains("json")) {
      try {
        JsonNode problem = JsonCodec.tree(JsonText.wrap(body), "the gateway's answer");
        kind = problem.path("type").asText();
        detail = problem.path("detail").asText(problem.path("title").asText());
      } catch (CodecException unreadable) {
        return notOurs(response, unreadable);
      }
    }
    boolean ours = kind.startsWith(PROBLEM_PREFIX);
    if (status == 401) {
      return new AccessDeniedException(
          "the gateway at "
              + settings.uri()
              + (settings.token() == null ? " wants a token" : " refuses the token")
              + ": name the file that it is in (gateway.token-file)");
    }
    if (AWAY.contains(status)) {
      return new GatewayRequiredException(
          "the gateway at "
              + settings.uri()
              + " cannot answer now (status "
              + status
              + (detail.isEmpty() ? "" : ": " + detail)
              + ")");
    }
    return ours
        ? new GatewayRefusedException(kind.substring(PROBLEM_PREFIX.length()), status, detail)
        : notOurs(response, null);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
