package dev.warren.gateway.tasks;

import dev.warren.api.ConfigurationException;
import dev.warren.api.RejectedTask;
import dev.warren.api.TaskContext;
import dev.warren.api.TaskType;
import dev.warren.gateway.lane.AsyncTaskHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.DnsResponseCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code dns.lookup}: asks the machine's name server for records. */
public final class DnsLookup implements AsyncTaskHandler<DnsLookup.Arguments, DnsLookup.Result> {
  public static final TaskType<Arguments, Result> TYPE =
      TaskType.of("dns.lookup", Arguments.class, Result.class)
          .with(options -> options.withQueue(BuiltInAsyncTasks.QUEUE))
          .describedAs("Looks up the DNS records of a name: A, AAAA, CNAME, MX, NS, PTR, SRV, TXT");

  /** The name server to ask instead of the first one in resolv.conf: an address and a port. */
  static final String SERVER = "dns.server";

  private static final Pattern ADDRESS_AND_PORT = Pattern.compile("\\[?(.+?)]?:([0-9]{1,5})");
  private static final Set<String> TYPES =
      Set.of("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT");

  private final Vertx vertx;
  private final DnsClient client;

  DnsLookup(Vertx vertx, Function<String, Optional<String>> settings) {
    this.vertx = vertx;
    DnsClientOptions options = new DnsClientOptions().setQueryTimeout(Arguments.LONGEST.toMillis());
    settings
        .apply(SERVER)
        .ifPresent(
            server -> {
              Matcher parts = ADDRESS_AND_PORT.matcher(server.strip());
              if (!parts.matches()) {
                throw new ConfigurationException(
                    SERVER + " is an address and a port such as 192.0.2.1:53, not " + server);
              }
              options.setHost(parts.group(1)).setPort(Integer.parseInt(parts.group(2)));
            });
    this.client = vertx.createDnsClient(options);
  }

  /**
   * What to look up.
   *
   * @param name for {@code PTR} an IP address will do
   * @param type {@code A}, {@code AAAA}, {@code CNAME}, {@code MX}, {@code NS}, {@code PTR}, {@code
   *     SRV} or {@code TXT}. Default is {@code A}.
   * @param timeout default is 5 s, at most 30 s
   */
  public record Arguments(String name, @Nullable String type, @Nullable Duration timeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    public Arguments {
      if (name == null || !name.strip().matches("[A-Za-z0-9._:-]{1,253}")) {
        throw new RejectedTask("'name' is a host or domain such as example.org");
      }
      if (type != null && !TYPES.contains(type.toUpperCase(Locale.ROOT))) {
        throw new RejectedTask("'type' is A, AAAA, CNAME, MX, NS, PTR, SRV or TXT, not " + type);
      }
      HttpArguments.requireTimeout(timeout);
      if (timeout != null && timeout.compareTo(LONGEST) > 0) {
        throw new RejectedTask("'timeout' is at most " + LONGEST.toSeconds() + " s");
      }
    }

    String question() {
      return type == null ? "A" : type.toUpperCase(Locale.ROOT);
    }
  }

  /**
   * What the name server says.
   *
   * @param records one text each: an address or name; {@code 10 mail.example.org} for MX, {@code
   *     priority weight port target} for SRV
   * @param code {@code NOERROR}, or {@code NXDOMAIN} for a name that does not exist
   */
  public record Result(String name, String type, List<String> records, String code, long millis) {
    public Result {
      records = List.copyOf(records);
    }
  }

  @Override
  public Future<Result> handle(Arguments arguments, TaskContext context) {
    long began = System.nanoTime();
    Abort abort =
        new Abort(
            vertx,
            context,
            Objects.requireNonNullElse(arguments.timeout(), Arguments.DEFAULT_TIMEOUT));
    return abort
        .guard(ask(arguments))
        .onComplete(any -> abort.over())
        .map(records -> result(arguments, records, DnsResponseCode.NOERROR, began))
        .recover(
            failed ->
                failed instanceof DnsException answer && answer.code() == DnsResponseCode.NXDOMAIN
                    ? Future.succeededFuture(
                        result(arguments, List.of(), DnsResponseCode.NXDOMAIN, began))
                    : Future.failedFuture(failed));
  }

  private static Result result(
      Arguments arguments, List<String> records, DnsResponseCode code, long began) {
    return new Result(
        arguments.name().strip(),
        arguments.question(),
        records,
        code.name(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  private Future<List<String>> ask(Arguments arguments) {
    String name = arguments.name().strip();
    return switch (arguments.question()) {
      case "AAAA" -> client.resolveAAAA(name);
      case "CNAME" -> client.resolveCNAME(name);
      case "MX" ->
          client
              .resolveMX(name)
              .map(all -> all.stream().map(mx -> mx.priority() + " " + mx.name()).toList());
      case "NS" -> client.resolveNS(name);
      case "PTR" ->
          (isAddress(name) ? client.reverseLookup(name) : client.resolvePTR(name))
              .map(found -> found == null ? List.<String>of() : List.of(found));
      case "SRV" ->
          client
              .resolveSRV(name)
              .map(
                  all ->
                      all.stream()
                          .map(
                              srv ->
                                  "%d %d %d %s"
                                      .formatted(
                                          srv.priority(), srv.weight(), srv.port(), srv.target()))
                          .toList());
      case "TXT" -> client.resolveTXT(name);
      default -> client.resolveA(name);
    };
  }

  private static boolean isAddress(String name) {
    try {
      return Network.of(name).bits() > 0;
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }
}
