package dev.warren.engine.startup;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Something to connect to for a training run, so that a startup cache can be made where no broker
 * is: routes and delivers, keeps nothing. It is bound to the loopback interface and is no place for
 * tasks: nothing that it is told survives it. But a worker runs what comes from it, so it lets in
 * only whoever knows the password that it has made up.
 */
public final class PracticeBroker implements AutoCloseable {
  private static final int PASSWORD_BYTES = 16;

  private final ServerSocket socket;
  private final String password = newPassword();
  private final PracticeQueues queues = new PracticeQueues();
  private final Thread thread;

  /**
   * A broker that listens, and answers after {@link #start}.
   *
   * @throws IOException if no port is free
   */
  public PracticeBroker() throws IOException {
    socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    thread = Thread.ofPlatform().name("warren-practice").daemon().unstarted(this::run);
  }

  private static String newPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Prints its port, and in a second line its password; answers until its standard input ends. */
  public static void main(String[] args) throws IOException {
    try (PracticeBroker broker = new PracticeBroker()) {
      broker.start();
      System.out.print(broker.port() + "\n" + broker.password() + "\n");
      System.out.flush();
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  /** Of every user. */
  public String password() {
    return password;
  }

  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        Socket accepted = socket.accept();
        accepted.setTcpNoDelay(true);
        Thread.ofPlatform()
            .name("warren-practice-" + accepted.getPort())
            .daemon()
            .start(() -> serve(accepted));
      }
    } catch (SocketException closed) {
      return;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void serve(Socket accepted) {
    try {
      new PracticeConnection(accepted, queues, password).serve();
    } catch (IOException gone) {
      // The program that practised was ended: that is how it goes.
      return;
    }
  }

  /** Takes no more connections; those that are open end with the programs at their other end. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
