package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.topology.Grant;
import dev.warren.producer.cli.CommandLineRun.Answer;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class PermitsCommandTest {
  private final VirtualHost host;
  @TempDir private Path home;

  PermitsCommandTest(VirtualHost host) {
    this.host = host;
  }

  private Answer as(Grant grant, String... args) {
    URI user = host.createUser(Permissions.of(grant.configure(), grant.write(), grant.read()));
    return new CommandLineRun(home).broker(user).run(args);
  }

  @Test
  void anOperatorMakesMorePermitsTakesSomeAwayAndRemovesThem() {
    assertThat(as(Grant.OPERATOR, "permits", "list").err()).contains("there are no permits");

    Answer set = as(Grant.OPERATOR, "permits", "set", "api", "3");
    assertThat(set.exit()).as(set.err()).isZero();
    assertThat(set.err()).contains("there are 3 permits 'api'");
    assertThat(as(Grant.OPERATOR, "permits", "list", "-o", "json").out())
        .contains("\"name\":\"api\",\"permits\":3,\"least\":3,\"most\":3,\"free\":3");

    assertThat(as(Grant.OPERATOR, "permits", "set", "api", "1").exit()).isZero();
    assertThat(host.readyCount("warren.permits.api")).isEqualTo(1);

    assertThat(as(Grant.OPERATOR, "permits", "remove", "api").exit())
        .as("nobody can be asked here")
        .isEqualTo(ExitCodes.USAGE);
    assertThat(as(Grant.OPERATOR, "permits", "remove", "api", "--yes").err()).contains("removed");
    assertThat(as(Grant.OPERATOR, "permits", "list", "-o", "json").out()).isEqualTo("[]\n");
  }

  @Test
  void whoMayNotOrAsksForNonsenseIsToldInOneLine() {
    Answer denied = as(Grant.PRODUCER, "permits", "set", "mine", "1");
    assertThat(denied.exit()).isEqualTo(ExitCodes.REFUSED);
    assertThat(denied.err().lines()).hasSize(1);

    assertThat(as(Grant.OPERATOR, "permits", "set", "a b", "1").exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(as(Grant.OPERATOR, "permits", "set", "k.{field}", "1").err())
        .contains("stands for many names");
    assertThat(as(Grant.OPERATOR, "permits", "set", "mine", "-1").exit())
        .isEqualTo(ExitCodes.USAGE);
  }
}
