package dev.warren.producer.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers documents of the gateway's HTTP API as a test wants them, over a real socket. */
public final class FakeGateway implements AutoCloseable {
  /** An answer; a body that is cut ends in the middle of the stream. */
  public record Answer(int status, String contentType, String body, boolean cut) {
    public static Answer json(String body) {
      return new Answer(200, "application/json", body, false);
    }

    public static Answer lines(String body) {
      return new Answer(200, "application/x-ndjson", body, false);
    }

    public static Answer events(String body) {
      return new Answer(200, "text/event-stream", body, false);
    }

    public static Answer problem(int status, String word, String detail) {
      return new Answer(
          status,
          "application/problem+json",
          "{\"type\":\"urn:warren:problem:"
              + word
              + "\",\"title\":\"x\",\"status\":"
              + status
              + ",\"detail\":\""
              + detail
              + "\"}",
          false);
    }

    /** Nothing is left of a stream, and nothing will come. */
    public static Answer nothingMore() {
      return new Answer(204, "text/event-stream", "", false);
    }

    public Answer cutOff() {
      return new Answer(status, contentType, body, true);
    }
  }

  /** A request that came. */
  public record Seen(String method, String target, Map<String, List<String>> headers, String body) {
    public String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }
  }

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("fake-gateway-", 0).factory());
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  public FakeGateway() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What a path answers, one after the other; the last one again and again. */
  public FakeGateway on(String path, Answer... given) {
    answers.put(path, new ConcurrentLinkedDeque<>(List.of(given)));
    return this;
  }

  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    seen.add(
        new Seen(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            body));
    Answer answer = answerFor(exchange.getRequestURI().getPath());
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    if (answer.cut()) {
      // More is promised than comes.
      exchange.sendResponseHeaders(answer.status(), bytes.length + 100);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private Answer answerFor(String path) {
    Deque<Answer> left = answers.get(path);
    if (left == null) {
      return Answer.problem(404, "no-such-resource", "there is nothing at " + path);
    }
    Answer last = left.peekLast();
    Answer next = left.size() > 1 ? left.pollFirst() : last;
    return next == null ? Answer.problem(500, "internal", "no answer is left") : next;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
