package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.gateway.GatewaySettings;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayFinderTest {
  private static Optional<URI> told(String http, String host) {
    Pong pong =
        new Pong(
            "warren-gateway@" + host + ":1",
            JsonCodec.json().createObjectNode().put("http", http).put("host", host),
            null);
    return GatewayFinder.address(pong).map(GatewaySettings::uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
        "http://0.0.0.0:8080",
        "http://[0:0:0:0:0:0:0:0]:8080"
      })
  void whatLeadsToTheOwnMachineIsBelievedOfAProcessOnIt(String http) {
    assertThat(told(http, ProcessName.of("client").host())).contains(URI.create(http));
    assertThat(told(http, "elsewhere.invalid")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://10.0.0.7:8080", "http://gateway.invalid:8080"})
  void anotherAddressIsBelievedOfAnyProcess(String http) {
    assertThat(told(http, "elsewhere.invalid")).contains(URI.create(http));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ftp://10.0.0.7", "http://", "http://a b"})
  void whatIsNoAddressIsPassedOver(String http) {
    assertThat(told(http, "elsewhere.invalid")).isEmpty();
  }
}
