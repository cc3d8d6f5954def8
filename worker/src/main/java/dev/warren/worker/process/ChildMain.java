package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import dev.warren.api.WarrenException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A child process of the worker's: connects to the socket that its environment names, loads tasks,
 * and runs one attempt after the other until the worker closes the connection.
 */
public final class ChildMain {
  /** A handler that ignores that its worker is gone must not keep the process. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private ChildMain() {}

  public static void main(String[] args) {
    ChildLogging.apply();
    System.exit(run(System.getenv()));
  }

  private static int run(Map<String, String> environment) {
    try (SocketChannel channel = connected(environment)) {
      String token = required(environment, ChildDoor.TOKEN_VARIABLE);
      return run(channel, token, new ChildLoop(List.of(), LAST_WORDS));
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

  /** Runs attempts until the worker closes the channel. */
  static int run(SocketChannel channel, String token, ChildLoop loop)
      throws IOException, InterruptedException {
    Link link = new Link("warren-worker", channel, loop);
    loop.start(link);
    link.sendSurely(MessageCodec.write(new Said.Hello(token, MessageCodec.PROTOCOL)));
    return loop.run();
  }

  private static SocketChannel connected(Map<String, String> environment) throws IOException {
    return SocketChannel.open(
        UnixDomainSocketAddress.of(Path.of(required(environment, ChildDoor.SOCKET_VARIABLE))));
  }

  private static String required(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    if (value == null) {
      throw new ConfigurationException(
          variable + " is not set: this program is started by a worker");
    }
    return value;
  }
}
