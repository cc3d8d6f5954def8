package dev.warren.gateway;

import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.logging.LogFormat;
import dev.warren.engine.member.OrderlyStop;
import dev.warren.engine.shutdown.ExitCodes;
import dev.warren.engine.shutdown.StopRequests;
import dev.warren.gateway.http.HttpSettings;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gateway program. Exit codes: 0 stopped in order, 2 usage, 3 login refused, 4 refused: by the
 * broker for its topology or permissions, or because another gateway aggregates, 130 interrupted
 * from the keyboard, 1 anything else.
 */
public final class GatewayMain {
  private static final String PROGRAM = "warren gateway";

  private GatewayMain() {}

  public static void main(String[] args) {
    System.exit(run(args, System.getenv(), System.out, System.err));
  }

  static int run(
      String[] args, Map<String, String> environment, PrintStream output, PrintStream errors) {
    if (CommandLine.asksForHelp(args)) {
      output.print(
          CommandLine.help(
              PROGRAM,
              "Runs non-blocking tasks on event loops, keeps what became of all tasks, serves HTTP.",
              GatewayKeys.ALL));
      return 0;
    }
    try {
      Settings settings = Settings.fromCommandLine(PROGRAM, GatewayKeys.ALL, args, environment);
      boolean terminal =
          Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
      LogFormat.apply(settings, "gateway-1", terminal);
      return serve(settings, environment, StopRequests.fromSignals());
    } catch (WarrenException expected) {
      errors.println(PROGRAM + ": " + expected.getMessage());
      return ExitCodes.of(expected);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static int serve(
      Settings settings, Map<String, String> environment, StopRequests requests)
      throws InterruptedException {
    Optional<HealthSettings> where = HealthKeys.settings(settings);
    Optional<HttpSettings> http = GatewayKeys.httpSettings(settings);
    Duration grace = settings.get(GatewayKeys.GRACE);
    Gateway gateway = new Gateway(GatewayKeys.gatewaySettings(settings, environment), List.of());
    Optional<HealthServer> health = Optional.empty();
    try {
      health = where.map(at -> HealthServer.start(at, gateway::health, gateway::metrics));
      requests.whenAsked(gateway::giveUpStart);
      gateway.startAggregating();
      http.ifPresent(gateway::startServing);
      requests.whenAsked(gateway::beginStopServing);
      int exitCode = OrderlyStop.run(gateway.member(), grace, requests, false);
      gateway.stopServing(grace);
      return exitCode;
    } finally {
      health.ifPresent(HealthServer::close);
      gateway.close();
    }
  }
}
