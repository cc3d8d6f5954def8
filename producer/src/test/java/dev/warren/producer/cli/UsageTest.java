package dev.warren.producer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.producer.cli.CommandLineRun.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command line says without a broker. */
class UsageTest {
  @TempDir private Path home;

  private Answer run(String... args) throws IOException {
    return new CommandLineRun(home).with("WARREN_URI", "amqp://127.0.0.1:" + freePort()).run(args);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void assertOneLine(Answer answer, int exit, String... parts) {
    assertThat(answer.errLines()).hasSize(1);
    assertThat(answer.err()).startsWith("warren: ").contains(parts);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.exit()).isEqualTo(exit);
  }

  @Test
  void helpGoesToStandardOutput() throws IOException {
    Answer answer = run("--help");
    assertThat(answer.exit()).isZero();
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out())
        .contains("submit", "map", "types", "doctor")
        .doesNotContain("demo-run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "submit",
        "map",
        "batch",
        "task",
        "dead",
        "events",
        "top",
        "types",
        "queues",
        "queue",
        "workers",
        "worker",
        "advise",
        "topology",
        "config",
        "doctor",
        "completion",
        "version"
      })
  void everyCommandHasHelp(String command) throws IOException {
    Answer answer = run(command, "--help");
    assertThat(answer.exit()).isZero();
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).startsWith("Usage: warren " + command);
    assertThat(run("help", command).out()).startsWith("Usage: warren " + command);
  }

  @Test
  void nothingAtAllIsAnsweredWithHelpAndTheUsageCode() throws IOException {
    Answer answer = run();
    assertThat(answer.exit()).isEqualTo(ExitCodes.USAGE);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).startsWith("Usage: warren");
  }

  @Test
  void aMisspeltCommandIsAnsweredWithTheNearOne() throws IOException {
    assertOneLine(run("sumbit", "echo"), ExitCodes.USAGE, "'sumbit'", "did you mean 'submit'?");
  }

  @Test
  void aMisspeltOptionIsAnsweredWithTheNearOne() throws IOException {
    assertOneLine(
        run("submit", "echo", "--wiat"), ExitCodes.USAGE, "--wiat", "did you mean '--wait'?");
  }

  @Test
  void badJsonSaysWhere() throws IOException {
    assertOneLine(
        run("submit", "echo", "{\"a\": tru}"), ExitCodes.USAGE, "not JSON", "line 1, column");
    assertOneLine(run("submit", "echo", "a:=tru"), ExitCodes.USAGE, "'a'", "line 1, column");
  }

  @Test
  void optionsThatContradictEachOtherAreRefused() throws IOException {
    assertOneLine(run("submit"), ExitCodes.USAGE, "which task type?");
    assertOneLine(run("submit", "no type"), ExitCodes.USAGE, "'no type'");
    assertOneLine(run("submit", "echo", "--timeout", "5s"), ExitCodes.USAGE, "--wait");
    assertOneLine(run("submit", "echo", "--in", "5"), ExitCodes.USAGE, "'5' is no duration");
    assertOneLine(run("submit", "echo", "--in", "5s", "--at", "10:00"), ExitCodes.USAGE, "--at");
    assertOneLine(run("submit", "echo", "--id", "7"), ExitCodes.USAGE, "UUID");
    assertOneLine(run("submit", "echo", "--queue", "a.b"), ExitCodes.USAGE, "'a.b'");
    assertOneLine(run("submit", "echo", "--priority", "urgent"), ExitCodes.USAGE, "urgent");
    assertOneLine(run("submit", "echo", "--attempts", "0"), ExitCodes.USAGE, "attempts");
    assertOneLine(run("map", "echo", "--window", "0"), ExitCodes.USAGE, "--window");
    assertOneLine(run("map", "echo", "--resume"), ExitCodes.USAGE, "--joblog");
    assertOneLine(run("map", "echo", "{}"), ExitCodes.USAGE, "pairs");
    assertOneLine(run("map", "exec", "--"), ExitCodes.USAGE, "after --");
    assertOneLine(run("map", "--", "exec", "x"), ExitCodes.USAGE, "task type stands before --");
    assertOneLine(run("map", "exec", "{\"a\":1}", "--", "x"), ExitCodes.USAGE, "pairs");
    assertOneLine(run("submit", "exec", "a", "--", "x"), ExitCodes.USAGE, "'a' is no argument");
    assertOneLine(run("submit", "exec", "--text", "stdout"), ExitCodes.USAGE, "--wait");
    assertOneLine(run("types", "--output", "xml"), ExitCodes.USAGE, "xml");
  }

  @Test
  void aPasswordInAnArgumentIsRefused() throws IOException {
    Answer answer = run("submit", "echo", "--uri", "amqp://me:secret@127.0.0.1");
    assertOneLine(answer, ExitCodes.USAGE, "password");
    assertThat(answer.err()).doesNotContain("secret");
  }

  @Test
  void anUnreachableBrokerIsOneLine() throws IOException {
    for (String[] args :
        new String[][] {
          {"submit", "echo"},
          {"map", "echo"},
          {"types"},
          {"queues"},
          {"workers"},
          {"topology", "verify"}
        }) {
      assertOneLine(run(args), ExitCodes.UNREACHABLE, "127.0.0.1", "nothing listens there");
    }
  }

  @Test
  void settingsAreShownWithTheirOriginAndWithoutSecrets() throws IOException {
    Files.writeString(home.resolve("warren.yaml"), "broker.username: me\n");
    Answer answer =
        new CommandLineRun(home)
            .with("WARREN_BROKER_PASSWORD", "secret")
            .run(
                "config",
                "show",
                "--origin",
                "--config",
                home.resolve("warren.yaml").toString(),
                "--uri",
                "amqp://example.org");
    assertThat(answer.exit()).isZero();
    assertThat(answer.out())
        .containsPattern("broker.uri +amqp://example.org +flag --broker-uri")
        .containsPattern("broker.username +me +file ")
        .containsPattern("broker.password +\\*+ +environment WARREN_BROKER_PASSWORD")
        .containsPattern("client.send-deadline +10s +default")
        .doesNotContain("secret");
  }

  @Test
  void anUnknownVariableOfTheEnvironmentIsRefused() {
    Answer answer = new CommandLineRun(home).with("WARREN_BROKER_URL", "x").run("config", "show");
    assertOneLine(answer, ExitCodes.USAGE, "WARREN_BROKER_URL", "WARREN_BROKER_URI");
  }

  @Test
  void theTopologyIsPrintedWithoutABroker() throws IOException {
    Answer answer = run("topology", "print", "--types", "image.thumbnail@cpu", "-o", "json");
    assertThat(answer.exit()).isZero();
    assertThat(answer.outLines()).hasSize(1);
    assertThat(answer.out())
        .contains("\"name\":\"warren.q.cpu\"", "\"key\":\"cpu.image.thumbnail\"");
  }

  @Test
  void theCompletionScriptKnowsTheCommands() throws IOException {
    Answer answer = run("completion", "bash");
    assertThat(answer.exit()).isZero();
    assertThat(answer.out()).startsWith("#!").contains("--joblog", "submit", "--origin");
    assertOneLine(run("completion", "fish"), ExitCodes.USAGE, "fish");
  }

  @Test
  void dangerousCommandsWantToKnowWhatIsMeant() throws IOException {
    assertOneLine(run("dead"), ExitCodes.USAGE, "dead list, show, replay, edit or purge?");
    assertOneLine(run("dead", "replay"), ExitCodes.USAGE, "Give ids, or --all");
    assertOneLine(run("dead", "purge"), ExitCodes.USAGE, "Give ids, or --all");
    assertOneLine(run("dead", "purge", "--all"), ExitCodes.USAGE, "add --yes");
    assertOneLine(run("dead", "purge", "7", "--all"), ExitCodes.USAGE, "contradict");
    assertOneLine(run("dead", "replay", "--all"), ExitCodes.USAGE, "add --yes");
    assertOneLine(run("dead", "list", "--limit", "0"), ExitCodes.USAGE, "--limit");
    assertOneLine(run("dead", "edit", "7", "1", "--wait"), ExitCodes.USAGE, "add --replay");
    assertOneLine(run("queue", "peek", "q", "--limit", "5000"), ExitCodes.USAGE, "1000");
    assertOneLine(run("queue", "purge", "q"), ExitCodes.USAGE, "add --yes");
  }

  @Test
  void theVersionIsPrinted() throws IOException {
    assertThat(run("version").out()).startsWith("warren ");
    assertThat(run("--version").out()).startsWith("warren ");
  }
}
