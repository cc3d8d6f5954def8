import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/**
 * What the launcher sees of a worker or gateway: a health port, a log, an end at SIGTERM. With
 * {@code --fail} it ends at once, with {@code --stubborn} it does not end when asked.
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
    int option = words.indexOf("--health-port");
    if (option < 0) {
      return;
    }
    int port = Integer.parseInt(words.get(option + 1));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext(
        "/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    if (words.contains("--stubborn")) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      new java.util.concurrent.CountDownLatch(1).await();
                    } catch (InterruptedException impossible) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
  }
}
