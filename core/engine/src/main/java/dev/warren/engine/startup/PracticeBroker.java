package dev.warren.engine.startup;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/**
 * Something to connect to for a training run, so that a startup cache can be made where no broker
 * is: routes and delivers, keeps nothing, refuses nobody. It is bound to the loopback interface and
 * is no place for tasks: nothing that it is told survives it.
 */
public final class PracticeBroker implements AutoCloseable {
  private final ServerSocket socket;
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

  /** Prints its port, and answers until its standard input ends. */
  public static void main(String[] args) throws IOException {
    try (PracticeBroker broker = new PracticeBroker()) {
      broker.start();
      System.out.println(broker.port());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  public int port() {
    return socket.getLocalPort();
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
      new PracticeConnection(accepted, queues).serve();
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
