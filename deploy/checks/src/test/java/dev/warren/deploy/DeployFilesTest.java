package dev.warren.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.health.Health;
import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.gateway.GatewayDoor;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the files of the deployment name is there in the programs, and a mistake is found. */
class DeployFilesTest {
  private static final DeployFiles FILES = DeployFiles.ofRepository();

  @Test
  void whatTheFilesNameIsThere() {
    assertThat(DeployChecks.problemsOf(FILES)).isEmpty();
  }

  /** Otherwise a file that has moved would pass every check. */
  @Test
  void everyRoadHasItsParts() {
    assertThat(new ComposeFile(FILES).containers().stream().map(Container::role))
        .containsExactlyInAnyOrder("topology", "worker", "gateway", "help", "help");
    assertThat(new KubernetesObjects(FILES).containers().stream().map(Container::role))
        .containsExactlyInAnyOrder("topology", "worker", "gateway");
    assertThat(new KubernetesObjects(FILES).ofKind("ScaledObject")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          compose.yaml                    | WARREN_WORKER_QUEUES: default         | WARREN_WORKER_QUEUE: default    | WARREN_WORKER_QUEUE
          compose.yaml                    | command: [worker]                     | command: [wroker]               | wroker
          compose.yaml                    | command: [gateway]                    | command: [gateway, --quues, a]  | --quues
          compose.yaml                    | PASSWORD_FILE: /run/secrets/worker    | PASSWORD_FILE: /run/secrets/wor | nothing is mounted for broker.password-file
          compose.yaml                    | USERNAME: warren-worker               | USERNAME: warren-admin          | worker runs as warren-admin
          compose.yaml                    | stop_grace_period: 45s                | stop_grace_period: 30s          | is killed after 30 s
          compose.yaml                    | amqp://rabbitmq:5672                  | amqp://rabbit:5672              | nothing serves the broker's address
          compose.yaml                    | 127.0.0.1:15672                       | 15672                           | port for everybody
          compose.yaml                    | TOPOLOGY_MODE: verify                 | TOPOLOGY_MODE: look             | 'look' is none of
          compose.yaml                    | "default,cpu,async"                   | "default,async"                 | declares the queues
          compose.yaml                    | --queue                               | --queues                        | --queues
          compose.yaml                    | secrets: [worker]                     | secrets: [workers]              | unknown secret workers
          compose.yaml                    | read_only: true                       | read_only: false                | may write its root
          docker/Dockerfile               | USER 10001:10001                      | USER warren                     | USER is not by number
          docker/Dockerfile               | STOPSIGNAL SIGTERM                    | STOPSIGNAL SIGUSR1              | no program stops at SIGUSR1
          docker/Dockerfile               | health", "ready"                      | health", "steady"               | is no health check
          docker/Dockerfile               | WARREN_JAVA_OPTS                      | WARREN_JVM_OPTS                 | nobody reads WARREN_JVM_OPTS
          docker/Dockerfile               | COPY docker/health                    | COPY docker/healthy             | copies what is not there
          scripts/host.sh                 | --state-dir                           | --state-folder                  | no program has the flag --state-folder
          systemd/warren-worker@.service  | --state-dir                           | --state-folder                  | --state-folder
          systemd/warren-gateway.service  | --health-port 8077                    | --health-port eight             | neither a port nor 'off'
          kubernetes/base/warren.yaml     | grace: 30s                            | gracious: 30s                   | worker.gracious
          kubernetes/base/warren.yaml     | default,cpu                           | default,gpu                     | warren.q.gpu
          kubernetes/base/warren.yaml     | login/password                        | login/pass                      | nothing is mounted for broker.password-file
          kubernetes/base/worker.yaml     | settings/warren.yaml                  | settings/warren.yml             | WARREN_CONFIG names no file
          kubernetes/base/worker.yaml     | secretName: warren-worker             | secretName: warren-workers      | no overlay makes the secret
          kubernetes/base/worker.yaml     | name: warren-settings                 | name: settings                  | nothing makes the config map
          kubernetes/base/worker.yaml     | GracePeriodSeconds: 45                | GracePeriodSeconds: 31          | is killed after 31 s
          kubernetes/base/worker.yaml     | runAsUser: 10001                      | runAsUser: 1000                 | runs as 1000:10001
          kubernetes/base/worker.yaml     | health, ready]                        | health, reddy]                  | is no health check
          kubernetes/base/worker.yaml     | enableServiceLinks: false             | enableServiceLinks: true        | variables of services
          kubernetes/base/worker.yaml     | readOnlyRootFilesystem: true          | readOnlyRootFilesystem: false   | is not confined
          kubernetes/base/worker.yaml     | mountPath: /var/lib/warren            | mountPath: /var/lib/state       | nothing is mounted for worker.state-dir
          kubernetes/base/gateway.yaml    | value: warren-gateway                 | value: warren-producer          | gateway runs as warren-producer
          kubernetes/base/gateway.yaml    | path: /health/live                    | path: /health/alive             | nothing answers /health/alive
          kubernetes/base/gateway.yaml    | port: http                            | port: https                     | has no port https
          kubernetes/base/gateway.yaml    | containerPort: 8080                   | containerPort: 8081             | does not listen on port 8081
          kubernetes/base/gateway.yaml    | targetPort: http                      | targetPort: web                 | no pod serves web
          kubernetes/base/warren.yaml     | 0.0.0.0:8080                          | 127.0.0.1:8080                  | does not listen on port 8080
          compose.yaml                    | WARREN_GATEWAY_HTTP_TOKEN_FILE        | WARREN_GATEWAY_HTTP_TOKEN       | WARREN_GATEWAY_HTTP_TOKEN
          compose.yaml                    | 127.0.0.1:8080:8080                   | 127.0.0.1:8080:80               | does not listen on port 80
          kubernetes/base/gateway.yaml    | app.kubernetes.io/name: warren-gateway | app.kubernetes.io/name: gate   | selects no pod
          kubernetes/components/keda/scaled-object.yaml | warren.q.cpu            | warren.q.gpu                    | counts [warren.q.default, warren.q.gpu]
          kubernetes/components/keda/scaled-object.yaml | "false"                 | "true"                          | does not count running tasks
          kubernetes/components/keda/scaled-object.yaml | scaleTargetRef:\\n    name: worker | scaleTargetRef:\\n    name: workers | scales no deployment
          """)
  void aMistakeIsFound(String file, String right, String wrong, String problem) {
    DeployFiles mistaken =
        FILES.with("deploy/" + file, right.translateEscapes(), wrong.translateEscapes());
    assertThat(DeployChecks.problemsOf(mistaken))
        .as("problems of %s with '%s'", file, wrong)
        .anySatisfy(found -> assertThat(found).contains(problem));
  }

  @Test
  void theBrokerOfEveryRoadReadsTheSameSettings() {
    assertThat(FILES.text("deploy/kubernetes/overlays/local/rabbitmq.conf"))
        .isEqualTo(FILES.text("deploy/docker/rabbitmq.conf"));
    assertThat(FILES.text("deploy/kubernetes/overlays/local/advanced.config"))
        .isEqualTo(FILES.text("deploy/docker/advanced.config"));
  }

  @Test
  void noBrokerHoldsTheDelayLadderUpForMinutes() {
    assertThat(FILES.text("deploy/docker/advanced.config"))
        .contains("{dead_letter_worker_publisher_confirm_timeout, 15000}");
    assertThat(FILES.text("deploy/broker/node"))
        .contains("-rabbit dead_letter_worker_publisher_confirm_timeout 15000");
    assertThat(FILES.text("deploy/compose.yaml"))
        .contains("./docker/advanced.config:/etc/rabbitmq/advanced.config:ro");
    assertThat(FILES.text("deploy/kubernetes/overlays/local/rabbitmq.yaml"))
        .containsPattern("mountPath: /etc/rabbitmq/advanced.config\\s+subPath: advanced.config");
    assertThat(FILES.text("deploy/kubernetes/overlays/local/kustomization.yaml"))
        .contains("- advanced.config");
  }

  @Test
  void theGatewaysApiHasThePathsOfTheProbes() throws IOException {
    try (InputStream document = GatewayDoor.class.getResourceAsStream("http/openapi.json")) {
      JsonNode paths = new ObjectMapper().readTree(document).path("paths");
      assertThat(paths.properties().stream().map(Map.Entry::getKey))
          .containsAll(DeployChecks.HEALTH_PATHS);
    }
  }

  private static Health healthy() {
    return new Health(true, "", JsonCodec.json().createObjectNode());
  }

  @Test
  void theHealthPortAnswersWhatTheHealthCheckAsks() throws IOException, InterruptedException {
    assertThat(FILES.text("deploy/docker/health"))
        .contains("\"/health/$1\"")
        .contains("live | ready");
    try (HealthServer server =
            HealthServer.start(HealthSettings.ANY_PORT, DeployFilesTest::healthy, () -> "");
        HttpClient client = HttpClient.newHttpClient()) {
      for (String word : List.of("live", "ready")) {
        HttpRequest request =
            HttpRequest.newBuilder(server.address().resolve("/health/" + word)).build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
            .isEqualTo(200);
      }
    }
  }
}
