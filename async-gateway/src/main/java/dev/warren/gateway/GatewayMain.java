package dev.warren.gateway;

import dev.warren.api.AccessDeniedException;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.ConfigurationException;
import dev.warren.api.LoginRefusedException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import dev.warren.engine.configuration.CommandLine;
import dev.warren.engine.configuration.Settings;
import dev.warren.engine.delivery.DrainReport;
import dev.warren.engine.health.HealthKeys;
import dev.warren.engine.health.HealthServer;
import dev.warren.engine.health.HealthSettings;
import dev.warren.engine.logging.LogFormat;
import dev.warren.engine.shutdown.LastResort;
import dev.warren.engine.shutdown.StopRequests;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway program. Exit codes: 0 stopped in order, 2 usage, 3 login refused, 4 refused by the
 * broker for its topology or permissions, 130 interrupted from the keyboard, 1 anything else.
 */
public final class GatewayMain {
  private static final String PROGRAM = "warren gateway";
  private static final int INTERRUPTED = 130;

  private GatewayMain() {}

  public static void main(String[] args) {
    System.exit(run(args, System.getenv(), System.out, System.err));
  }

  static int run(
      String[] args, Map<String, String> environment, PrintStream output, PrintStream errors) {
    if (CommandLine.asksForHelp(args)) {
      output.print(
          CommandLine.help(PROGRAM, "Runs non-blocking tasks on event loops.", GatewayKeys.ALL));
      return 0;
    }
    try {
      Settings settings = Settings.fromCommandLine(PROGRAM, GatewayKeys.ALL, args, environment);
      boolean terminal =
          Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
      LogFormat.apply(settings, "gateway-1", terminal);
      return serve(settings, StopRequests.fromSignals());
    } catch (WarrenException expected) {
      errors.println(PROGRAM + ": " + expected.getMessage());
      return exitCode(expected);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static int serve(Settings settings, StopRequests requests) throws InterruptedException {
    Optional<HealthSettings> where = HealthKeys.settings(settings);
    Gateway gateway = new Gateway(GatewayKeys.gatewaySettings(settings), List.of());
    Optional<HealthServer> health = Optional.empty();
    try {
      health = where.map(at -> HealthServer.start(at, gateway::health, gateway::metrics));
      requests.whenAsked(gateway::giveUpStart);
      gateway.start();
      String reason = requests.await();
      drain(gateway, settings.get(GatewayKeys.GRACE), requests, reason);
    } finally {
      health.ifPresent(HealthServer::close);
      gateway.close();
    }
    return requests.interrupted() ? INTERRUPTED : 0;
  }

  private static void drain(Gateway gateway, Duration grace, StopRequests requests, String reason)
      throws InterruptedException {
    Logger log = LoggerFactory.getLogger(GatewayMain.class);
    log.info(
        "{}: takes no more tasks; what is in flight gets {} s, a second signal ends that",
        reason,
        grace.toSeconds());
    requests.whenUrgent(
        () -> {
          log.warn("stopping at once");
          LastResort.haltAfter(Duration.ofSeconds(5), requests.interrupted() ? INTERRUPTED : 0);
          gateway.hurry();
        });
    DrainReport report = gateway.drain(grace);
    log.info(
        "drained in {} ms: {} deliveries were given back unstarted, {} interrupted",
        report.took().toMillis(),
        report.returned(),
        report.interrupted());
  }

  private static int exitCode(WarrenException failure) {
    return switch (failure) {
      case ConfigurationException usage -> 2;
      case BrokerUnreachableException away -> 3;
      case LoginRefusedException login -> 3;
      case AccessDeniedException denied -> 4;
      case TopologyMismatchException mismatch -> 4;
      default -> 1;
    };
  }
}
