package dev.warren.gateway.http;

import static dev.warren.gateway.http.Caller.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use the API, and what nobody may. */
class AccessTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void withATokenFileOnlyItsTokenOpens() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT.withTokenFile(file))) {
      HttpResponse<String> without = api.caller().get("/v1/batches");
      assertProblem(without, 401, "token-needed", "Authorization: Bearer TOKEN");
      assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
      assertProblem(with(api, "Bearer wrong"), 401, "wrong-token", "token file");
      assertProblem(with(api, "Basic " + TOKEN), 401, "wrong-token", "token file");
      assertThat(with(api, "Bearer " + TOKEN).statusCode()).isEqualTo(200);
      assertThat(with(api, "bearer " + TOKEN).statusCode()).isEqualTo(200);
      assertThat(api.caller().get("/health/live").statusCode()).isEqualTo(200);
      assertThat(api.caller().get("/health/ready").statusCode()).isEqualTo(200);
      assertThat(api.caller().get("/health/ready").body()).isEqualTo("{\"status\":\"ready\"}");
      assertThat(api.caller().get("/metrics").statusCode()).isEqualTo(401);

      Files.writeString(file, "another-token-of-some-length");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> with(api, "Bearer another-token-of-some-length").statusCode() == 200);
      assertThat(with(api, "Bearer " + TOKEN).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void noPathButThatOfHealthGoesPastTheToken() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT.withTokenFile(file))) {
      // A line's end to a regular expression, and not to HTTP.
      assertThat(answer(api, "/v1/batches/\u0085", "Host: a")).startsWith("HTTP/1.1 401");
      assertThat(answer(api, "/health/../v1/batches", "Host: a")).startsWith("HTTP/1.1 401");
      assertThat(answer(api, "/health/%2e%2e/v1/batches", "Host: a")).startsWith("HTTP/1.1 401");
      assertThat(answer(api, "/health/live", "Host: a")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void anAddressThatCannotBeReadIsTheCallersMistake() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      for (String path :
          List.of("/v1/%zz", "/v1/batches?limit=%zz", "/v1/batches/b?wait=%zz", "/health/%zz")) {
        assertThat(answer(api, path, "Host: localhost"))
            .as(path)
            .startsWith("HTTP/1.1 400")
            .contains("urn:warren:problem:malformed");
      }
    }
  }

  @Test
  void itsAddressIsInTheFileThatAsksForIt() throws Exception {
    Path told = folder.resolve("address");
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT.toldIn(told))) {
      assertThat(told).hasContent(api.api().address() + "\n");
    }
  }

  @Test
  void aRefusedUploadStillReadsItsAnswer() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT.withTokenFile(file))) {
      assertProblem(
          api.caller().postLines("/v1/batches", "\"a line of an upload\"\n".repeat(100_000)),
          401,
          "token-needed",
          "Bearer TOKEN");
    }
  }

  @Test
  void withoutATokenOnlyLoopbackNamesAreAnswered() throws Exception {
    try (LocalApi api = new LocalApi(folder, HttpSettings.ANY_PORT)) {
      int port = api.api().address().getPort();
      assertThat(raw(api, "Host: localhost:" + port)).startsWith("HTTP/1.1 200");
      assertThat(raw(api, "Host: 127.0.0.1")).startsWith("HTTP/1.1 200");
      assertThat(raw(api, "Host: [::1]:" + port)).startsWith("HTTP/1.1 200");
      assertThat(raw(api, "Host: gateway.example"))
          .startsWith("HTTP/1.1 403")
          .contains("host-refused", "--gateway-http-token-file");
      assertThat(raw(api, "Host: 127.0.0.1.example")).startsWith("HTTP/1.1 403");
      assertThat(raw(api, "Host: localhost:" + port + "\r\nOrigin: http://localhost:" + port))
          .startsWith("HTTP/1.1 200");
      assertThat(raw(api, "Host: localhost:" + port + "\r\nOrigin: https://site.example"))
          .startsWith("HTTP/1.1 403")
          .contains("origin-refused");
      assertThat(raw(api, "Host: localhost:" + port + "\r\nOrigin: null"))
          .startsWith("HTTP/1.1 403");
      assertThat(raw(api, "Host: localhost:" + port + "\r\nSec-Fetch-Site: cross-site"))
          .startsWith("HTTP/1.1 403");
      assertThat(raw(api, "Host: localhost\r\nX-Long: " + "x".repeat(20_000)))
          .startsWith("HTTP/1.1 431")
          .contains("headers-too-large");
    }
  }

  @Test
  void anAddressForOthersNeedsAToken() {
    assertThatThrownBy(() -> HttpSettings.parse("0.0.0.0:8080", true, null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--gateway-http-token-file");
    assertThatThrownBy(() -> HttpSettings.parse("127.0.0.1:x", true, null))
        .hasMessageContaining("host:port");
    assertThat(HttpSettings.parse("[::1]:80", true, null).host()).isEqualTo("::1");
    assertThat(HttpSettings.parse("0.0.0.0:8080", true, folder).port()).isEqualTo(8080);
  }

  @Test
  void aTokenThatCanBeGuessedIsNone() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "secret");
    assertThatThrownBy(() -> new LocalApi(folder, HttpSettings.ANY_PORT.withTokenFile(file)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("openssl rand -hex 32")
        .hasMessageNotContaining("secret");
  }

  private static HttpResponse<String> with(LocalApi api, String authorization) throws Exception {
    return api.caller()
        .send(api.caller().request("/v1/batches").header("Authorization", authorization).GET());
  }

  private static String raw(LocalApi api, String headers) throws IOException {
    return answer(api, "/v1/batches", headers);
  }

  private static String answer(LocalApi api, String path, String headers) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), api.api().address().getPort())) {
      String request = "GET " + path + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return answer.toString(StandardCharsets.UTF_8);
    }
  }
}
