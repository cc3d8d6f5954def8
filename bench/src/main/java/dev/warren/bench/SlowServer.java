package dev.warren.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An HTTP server on loopback that takes its time for each answer, in a JVM of its own. */
public final class SlowServer implements AutoCloseable {
  private static final String PORT = "port ";
  private static final int BACKLOG = 8_192;
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final OwnProcess process;
  private final int port;

  private SlowServer(OwnProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The program: its argument is how many milliseconds an answer takes. */
  public static void main(String[] args) throws IOException {
    long millis = Long.parseLong(args[0]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    // Belongs to the server, and ends with this process.
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> answer(exchange, millis));
    server.start();
    System.out.println(PORT + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, long millis) throws IOException {
    byte[] body = "{\"answer\":42}".getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      // Nobody counts it down: it is only waited for.
      boolean early = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(early ? 500 : 200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped");
    }
  }

  public static SlowServer start(int millis, Path output) throws InterruptedException {
    OwnProcess process =
        OwnProcess.start(
            "the server",
            List.of(
                OwnProcess.java(),
                // By default it closes all but 200 idle connections.
                "-Dsun.net.httpserver.maxIdleConnections=100000",
                "-cp",
                System.getProperty("java.class.path"),
                SlowServer.class.getName(),
                Integer.toString(millis)),
            Map.of(),
            output);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() - deadline < 0 && !process.awaitEnd(LOOK_AGAIN)) {
      for (String line : process.lines()) {
        if (line.startsWith(PORT)) {
          return new SlowServer(process, Integer.parseInt(line.substring(PORT.length())));
        }
      }
    }
    String words = process.lastWords();
    process.close();
    throw new BenchException("the server does not start:\n" + words);
  }

  public String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  public Duration processorTime() {
    return ProcessorTime.ofTree(process.handle());
  }

  @Override
  public void close() {
    process.close();
  }
}
