package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import dev.warren.api.WarrenException;
import dev.warren.engine.logging.LogFormat;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A child process of the worker's: connects to the socket that its environment names, loads tasks,
 * and runs one attempt after the other until the worker closes the connection.
 */
public final class ChildMain {
  private ChildMain() {}

  public static void main(String[] args) {
    LogFormat.apply(LogFormat.TEXT, LogFormat.Level.INFO, "child");
    System.exit(run(System.getenv()));
  }

  private static int run(Map<String, String> environment) {
    try (SocketChannel channel = connected(environment)) {
      ChildLoop loop = new ChildLoop();
      Link link = new Link("warren-worker", channel, loop);
      loop.start(link);
      link.sendSurely(
          MessageCodec.write(
              new Said.Hello(
                  required(environment, ChildDoor.TOKEN_VARIABLE), MessageCodec.PROTOCOL)));
      return loop.run();
    } catch (IOException unreachable) {
      System.err.println("the worker cannot be reached: " + unreachable);
      return 1;
    } catch (WarrenException expected) {
      System.err.println(expected.getMessage());
      return 1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static SocketChannel connected(Map<String, String> environment) throws IOException {
    return SocketChannel.open(
        UnixDomainSocketAddress.of(Path.of(required(environment, ChildDoor.SOCKET_VARIABLE))));
  }

  private static String required(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable))
        .orElseThrow(
            () ->
                new ConfigurationException(
                    variable + " is not set: this program is started by a worker"));
  }
}
