package dev.warren.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server on the loopback interface whose pages take their time. */
final class SlowPages implements AutoCloseable {
  private static final byte[] PAGE = "hello".getBytes(StandardCharsets.UTF_8);
  private static final int BACKLOG = 1_000;

  private final HttpServer server;
  private final ExecutorService requests =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("warren-slow-page-", 0).factory());

  private final CountDownLatch ending = new CountDownLatch(1);

  private SlowPages(HttpServer server) {
    this.server = server;
  }

  static SlowPages start(Duration delay) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    SlowPages pages = new SlowPages(server);
    server.setExecutor(pages.requests);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            boolean ended = pages.ending.await(delay.toMillis(), TimeUnit.MILLISECONDS);
            if (ended) {
              return;
            }
            exchange.sendResponseHeaders(200, PAGE.length);
            exchange.getResponseBody().write(PAGE);
          } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    return pages;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  @Override
  public void close() {
    ending.countDown();
    server.stop(0);
    requests.shutdownNow();
  }
}
