package dev.warren.producer.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Slow pages on the loopback interface, for the demo to fetch: each takes its time to answer. */
final class DemoPages implements AutoCloseable {
  private static final int BACKLOG = 1_000;

  private final HttpServer server;
  private final Duration delay;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final ExecutorService requests =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("warren-demo-page-", 0).factory());

  private DemoPages(HttpServer server, Duration delay) {
    this.server = server;
    this.delay = delay;
  }

  static DemoPages start(Duration delay) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    DemoPages pages = new DemoPages(server, delay);
    server.setExecutor(pages.requests);
    server.createContext("/", pages::answer);
    server.start();
    return pages;
  }

  /** The address of a page. */
  String page(int number) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/page/" + number;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (ending.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      byte[] page =
          ("This is " + exchange.getRequestURI().getPath() + ", at last.\n")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ending.countDown();
    server.stop(0);
    requests.close();
  }
}
