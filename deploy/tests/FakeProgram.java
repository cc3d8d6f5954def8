import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What the launcher sees of a worker or gateway: a health port, a log, an end at SIGTERM. With
 * {@code --fail} it ends at once, with {@code --stubborn} it does not end when asked, with {@code
 * --beaten} another program answers at its port and it ends. A gateway says that its HTTP API is at
 * {@code FAKE_HTTP_PORT}, where that is set. As the command line it finds a topology
 * incomplete where {@code FAKE_MISSING} names what is missing.
 */
class FakeProgram {
  public static void main(String[] arguments) throws Exception {
    List<String> words = Arrays.asList(arguments);
    String jar = System.getProperty("java.class.path").replaceFirst(".*/", "");
    System.out.println("fake " + jar + " " + words + " " + System.getenv("WARREN_CONFIG"));
    if (words.contains("--fail")) {
      System.err.println("fake program fails as told");
      System.exit(1);
    }
    String missing = System.getenv("FAKE_MISSING");
    if (words.contains("verify") && missing != null) {
      System.err.println("fake program misses " + missing);
      System.exit(4);
    }
    int option = words.indexOf("--health-port");
    if (option < 0) {
      return;
    }
    int port = Integer.parseInt(words.get(option + 1));
    CountDownLatch asked = new CountDownLatch(1);
    HttpServer server = serve(port);
    server.createContext(
        "/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          asked.countDown();
        });
    server.start();
    if (words.contains("--beaten")) {
      asked.await(2, TimeUnit.SECONDS);
      System.err.println("fake program has lost its port");
      System.exit(2);
    }
    Path told = Path.of(words.get(words.indexOf("--health-address-file") + 1));
    Path partial = Path.of(told + ".new");
    Files.writeString(partial, "http://127.0.0.1:" + server.getAddress().getPort() + "\n");
    Files.move(partial, told);
    String http = System.getenv("FAKE_HTTP_PORT");
    int httpTold = words.indexOf("--gateway-http-address-file") + 1;
    if (http != null && httpTold > 0) {
      Files.writeString(Path.of(words.get(httpTold)), "http://127.0.0.1:" + http + "\n");
    }
    if (words.contains("--stubborn")) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      new CountDownLatch(1).await();
                    } catch (InterruptedException impossible) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
  }

  /** As the real ones: any other port if that one is taken. */
  private static HttpServer serve(int port) throws IOException {
    try {
      return HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    } catch (BindException taken) {
      return HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    }
  }
}
