package dev.warren.engine.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.testkit.BindingView;
import dev.warren.testkit.Broker;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

@RabbitMq
class TopologyPrinterTest {
  private static final Topology SHIPPED =
      Topology.fleet().and(Topology.permits()).and(Topology.workQueue("default"));

  /** Set to true to write the files anew after a change of the description. */
  private static final boolean REWRITE = Boolean.getBoolean("warren.rewriteDefinitions");

  @Test
  void theShippedDefinitionsAreTheDescribedTopology() throws IOException {
    check("definitions.json", TopologyPrinter.definitions(SHIPPED, "/"));
  }

  @Test
  void theShippedPermissionsAreTheDescribedGrants() throws IOException {
    check("permissions.json", TopologyPrinter.permissions(Grant.ALL, "/"));
  }

  private static void check(String name, String described) throws IOException {
    Path shipped = Path.of("..", "..", "deploy", name);
    if (REWRITE) {
      Files.writeString(shipped, described);
    }
    assertThat(Files.readString(shipped))
        .as("%s; write it anew with -Dwarren.rewriteDefinitions=true", shipped)
        .isEqualTo(described);
  }

  @Test
  void importedDefinitionsEqualTheDeclaredTopology(VirtualHost host) throws Exception {
    importInto(host, TopologyPrinter.definitions(SHIPPED, host.name()));

    Declarer declarer =
        new Declarer(new Connections(BrokerSettings.of(host.uri()), ProcessName.of("test")));
    assertThat(declarer.diff(SHIPPED))
        .allSatisfy(each -> assertThat(each.state()).isEqualTo(Difference.State.OK));
    assertThat(host.bindings())
        .filteredOn(binding -> !binding.source().isEmpty())
        .containsExactlyInAnyOrderElementsOf(
            SHIPPED.bindings().stream()
                .map(
                    each ->
                        new BindingView(
                            each.exchange(), each.target(), !each.toExchange(), each.key()))
                .toList());
  }

  @Test
  void importedPermissionsAreTakenForUsersThatExist(VirtualHost host) throws Exception {
    Grant grant = Grant.PRODUCER;
    String user = BrokerSettings.of(host.createUser(Permissions.NONE)).username();
    Grant named =
        new Grant(
            user,
            grant.configure(),
            grant.write(),
            grant.read(),
            grant.eventsWrite(),
            grant.eventsRead());

    importInto(host, TopologyPrinter.permissions(List.of(named), host.name()));
  }

  private static void importInto(VirtualHost host, String definitions) throws Exception {
    Broker broker = host.broker();
    BrokerSettings admin = BrokerSettings.of(host.uri());
    String login = admin.username() + ":" + admin.password().reveal();
    URI address = broker.managementUri().resolve("/api/definitions");
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(definitions))
            .build();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
    }
  }

  @Test
  void theTableNamesEveryObjectOnItsLine() {
    String table = TopologyPrinter.table(SHIPPED);

    assertThat(table.lines())
        .anyMatch(line -> line.matches("warren\\.control +fanout"))
        .anyMatch(line -> line.startsWith("warren.q.default ") && line.contains(" quorum "))
        .anyMatch(line -> line.startsWith("warren.delay.out  ") && line.contains("default.#"))
        .noneMatch(line -> line.endsWith(" "));
    assertThat(table.lines().filter(line -> !line.isEmpty()))
        .hasSize(
            3 + SHIPPED.exchanges().size() + SHIPPED.queues().size() + SHIPPED.bindings().size());
  }
}
