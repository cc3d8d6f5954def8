package dev.warren.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.configuration.Settings;
import dev.warren.gateway.http.HttpSettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayKeysTest {
  @Test
  void whoReadsTheAddressInAFileLetsATakenPortGiveWay() {
    String[] chosen = {"--http", "127.0.0.1:8080"};
    String[] told = {"--http", "127.0.0.1:8080", "--gateway-http-address-file", "there"};

    HttpSettings exact = http(chosen);
    HttpSettings yielding = http(told);

    assertThat(exact.exactly()).isTrue();
    assertThat(yielding.exactly()).isFalse();
    assertThat(yielding.addressFile()).isEqualTo(Path.of("there"));
  }

  private static HttpSettings http(String[] arguments) {
    return GatewayKeys.httpSettings(
            Settings.fromCommandLine("test", GatewayKeys.ALL, arguments, Map.of()))
        .orElseThrow();
  }
}
