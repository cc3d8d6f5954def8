package dev.warren.producer;

import dev.warren.engine.connection.BrokerSettings;
import dev.warren.producer.gateway.GatewaySettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Options of a {@link WarrenClient}. Not safe for concurrent use. */
public final class ClientBuilder {
  public static final Duration DEFAULT_SEND_DEADLINE = Duration.ofSeconds(10);
  public static final int DEFAULT_WINDOW = 1_000;

  private BrokerSettings broker = BrokerSettings.DEFAULT;
  private String role = "client";
  private String appId = "warren-client";
  private Duration sendDeadline = DEFAULT_SEND_DEADLINE;
  private int window = DEFAULT_WINDOW;
  private boolean waiting = true;
  private boolean listenAtOnce;
  private boolean chunks = true;
  private boolean secondConnection = true;
  private Path typeCache = defaultTypeCache();
  private Optional<GatewaySettings> gateway = Optional.empty();

  ClientBuilder() {}

  /** Where the broker is. Default is {@link BrokerSettings#DEFAULT}: guest on this machine. */
  public ClientBuilder broker(BrokerSettings settings) {
    this.broker = settings;
    return this;
  }

  /** Where the broker is; the URI may carry user and password. */
  public ClientBuilder broker(URI uri) {
    return broker(BrokerSettings.of(uri));
  }

  /** What connections are named after in the management UI. Default is {@code client}. */
  public ClientBuilder role(String word) {
    this.role = word;
    return this;
  }

  /** The program that submits, the tasks' {@code app_id}. Default is {@code warren-client}. */
  public ClientBuilder appId(String name) {
    this.appId = name;
    return this;
  }

  /**
   * The longest wait for the broker's confirm of a submission, the wait for room included. Default
   * is 10 s.
   */
  public ClientBuilder sendDeadline(Duration limit) {
    this.sendDeadline = limit;
    return this;
  }

  /** Unconfirmed submissions at most. Default is 1,000. */
  public ClientBuilder window(int unconfirmed) {
    this.window = unconfirmed;
    return this;
  }

  /**
   * Whether typed submissions want their outcomes. If not, handles have no outcome, no waiting
   * queue is declared and nothing is kept of a task once it is confirmed: right for programs that
   * fire and forget. Default is true.
   */
  public ClientBuilder waiting(boolean wanted) {
    this.waiting = wanted;
    return this;
  }

  /**
   * Whether tasks that are submitted in bulk ({@link WarrenClient#submitAll}, {@link
   * WarrenClient#submitInBulk}, members of a {@link Batch}) may share messages: small ones of one
   * type and with the same options, as many as wait when the broker has confirmed those before, and
   * no more than a second of work as far as is known. It saves most of what a task costs the
   * broker. Each keeps its own id, outcome, attempts and limits. Default is true.
   */
  public ClientBuilder chunks(boolean allowed) {
    this.chunks = allowed;
    return this;
  }

  /**
   * Whether the client begins to listen for outcomes when it connects, beside it, and not with the
   * first task that is waited for: saves a program that waits for a task at once some milliseconds.
   * Default is false.
   */
  public ClientBuilder listenAtOnce(boolean atOnce) {
    this.listenAtOnce = atOnce;
    return this;
  }

  /**
   * Whether tasks may go over a second publishing connection while more than a hundred messages are
   * unconfirmed; it is opened when it is first wanted, and lets a broker take more. Tasks that are
   * under way at the same time may then be queued in another order than they were submitted in.
   * Default is true.
   */
  public ClientBuilder secondConnection(boolean allowed) {
    this.secondConnection = allowed;
    return this;
  }

  /**
   * The folder for what is known of task types, so that a program's first submission needs no look
   * into the registry. Default is {@code warren} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public ClientBuilder typeCache(Path folder) {
    this.typeCache = folder;
    return this;
  }

  /**
   * Where the gateway's HTTP API is, for what only a gateway knows: the progress of batches, tasks
   * that others submitted. Default is the one that answers a ping with its address, else {@link
   * GatewaySettings#DEFAULT_URI}. Nothing connects to it before it is needed.
   */
  public ClientBuilder gateway(GatewaySettings where) {
    this.gateway = Optional.of(where);
    return this;
  }

  /** {@link #gateway(GatewaySettings)} of a gateway that wants no token. */
  public ClientBuilder gateway(URI uri) {
    return gateway(GatewaySettings.of(uri));
  }

  private static Path defaultTypeCache() {
    String caches = System.getenv("XDG_CACHE_HOME");
    Path folder =
        caches == null || caches.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(caches);
    return folder.resolve("warren");
  }

  /**
   * Connects.
   *
   * @throws dev.warren.api.BrokerUnreachableException if nobody answers there
   * @throws dev.warren.api.LoginRefusedException if the broker refuses user, password or virtual
   *     host
   */
  public WarrenClient connect() {
    return WarrenClient.connect(
        new ClientSettings(
            broker,
            role,
            appId,
            sendDeadline,
            window,
            waiting,
            listenAtOnce,
            chunks,
            secondConnection,
            typeCache,
            gateway));
  }
}
