package dev.warren.engine.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "amqp://host,                        amqp://host:5672,          host,      5672, /,      guest",
    "amqps://host,                       amqps://host:5671,         host,      5671, /,      guest",
    "amqp://host:1234/,                  amqp://host:1234,          host,      1234, /,      guest",
    "amqp://me:pw@host/prod,             amqp://host:5672/prod,     host,      5672, prod,   me",
    "amqp://m%40e:p%3Aw@host/a%2Fb,      amqp://host:5672/a%2Fb,    host,      5672, a/b,    m@e",
    "amqp://host/%2F,                    amqp://host:5672,          host,      5672, /,      guest",
    "amqp://me@rabbit_mq/x,              amqp://rabbit_mq:5672/x,   rabbit_mq, 5672, x,      me",
    "amqp://me:p@[::1]:99/x,             amqp://[::1]:99/x,         ::1,       99,   x,      me",
    "AMQP://host/a%20b+c,                amqp://host:5672/a%20b%2Bc, host,     5672, a b+c,  guest"
  })
  void aUriIsTakenApart(
      String uri, String shown, String host, int port, String virtualHost, String username) {
    BrokerSettings settings = BrokerSettings.of(URI.create(uri));

    assertThat(settings.uri()).hasToString(shown);
    assertThat(settings.host()).isEqualTo(host);
    assertThat(settings.port()).isEqualTo(port);
    assertThat(settings.virtualHost()).isEqualTo(virtualHost);
    assertThat(settings.username()).isEqualTo(username);
    assertThat(BrokerSettings.parse(settings.uriWithCredentials().reveal())).isEqualTo(settings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://me:s3cret@host",
        "me:s3cret@host",
        "amqp:me:s3cret",
        "amqp://me:s3cret@host:port",
        "amqp://me:s3cret@host:0",
        "amqp://me:s3cret@host/a/b",
        "amqp://me:s3%cret@host",
        "amqp://me:s3cret@host?heartbeat=5",
        "amqp://me:s3#cret@host",
        "amqp://me:s3cret^@host",
        ""
      })
  void aMalformedAddressIsRefusedWithoutRepeatingIt(String uri) {
    assertThatThrownBy(() -> BrokerSettings.parse(uri))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageNotContaining("cret")
        .hasNoCause();
  }

  @Test
  void noRenderingShowsThePassword() {
    BrokerSettings settings = BrokerSettings.parse("amqp://me:s3cret@host/prod");

    assertThat(settings.toString()).doesNotContain("s3cret").contains("me", "host");
    assertThat(settings.uri().toString()).doesNotContain("s3cret", "me");
    assertThat(settings.uriWithCredentials().toString()).doesNotContain("s3cret");
    assertThat(settings.password().reveal()).isEqualTo("s3cret");
    assertThat(
            settings
                .withTls(TlsSettings.DEFAULT.withKeyStore(Path.of("x"), Secret.of("s3cret")))
                .toString())
        .doesNotContain("s3cret");
  }

  @Test
  void credentialsInTheAddressItselfAreRefused() {
    assertThatThrownBy(
            () ->
                new BrokerSettings(
                    URI.create("amqp://me:s3cret@host"),
                    "me",
                    Secret.of("x"),
                    TlsSettings.DEFAULT,
                    Duration.ofSeconds(1),
                    Duration.ZERO))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void limitsOfTimesAreChecked() {
    BrokerSettings settings = BrokerSettings.DEFAULT;
    assertThatThrownBy(() -> settings.withConnectTimeout(Duration.ZERO))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> settings.withHeartbeat(Duration.ofDays(1)))
        .isInstanceOf(ConfigurationException.class);
    assertThat(settings.withHeartbeat(Duration.ZERO).heartbeat()).isZero();
  }

  @Test
  void anotherVirtualHostKeepsTheRest() {
    BrokerSettings settings = BrokerSettings.parse("amqps://me:pw@host:1/prod");
    assertThat(settings.withVirtualHost("a/b"))
        .isEqualTo(BrokerSettings.parse("amqps://me:pw@host:1/a%2Fb"));
  }

  @Test
  void unreadableTlsFilesAreNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path garbage = Files.writeString(folder.resolve("garbage.p12"), "no key store");
    assertThatThrownBy(() -> TlsSettings.DEFAULT.withTrust(missing, null).context())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("missing.pem");
    for (TlsSettings broken :
        new TlsSettings[] {
          TlsSettings.DEFAULT.withTrust(garbage, null),
          TlsSettings.DEFAULT.withKeyStore(garbage, Secret.of("pw"))
        }) {
      assertThatThrownBy(broken::context)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("TLS");
    }
  }
}
