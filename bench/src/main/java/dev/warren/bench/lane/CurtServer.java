package dev.warren.bench.lane;

import dev.warren.bench.BenchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A server on loopback that says nothing: first it hangs up, later it lets callers wait. */
final class CurtServer implements AutoCloseable {
  private static final int BACKLOG = 1_000;

  private final ServerSocket door;
  private final Thread thread;
  private volatile boolean silent;

  private CurtServer(ServerSocket door) {
    this.door = door;
    this.thread = Thread.ofPlatform().name("warren-bench-curt-server").unstarted(this::serve);
  }

  static CurtServer start() {
    try {
      CurtServer server =
          new CurtServer(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
      server.thread.start();
      return server;
    } catch (IOException none) {
      throw new BenchException("no port is free", none);
    }
  }

  int port() {
    return door.getLocalPort();
  }

  /** From now on whoever calls hears nothing, for ever. */
  void beSilent() {
    silent = true;
  }

  private void serve() {
    List<Socket> waiting = new ArrayList<>();
    try (door) {
      while (true) {
        Socket caller = door.accept();
        if (silent) {
          waiting.add(caller);
        } else {
          caller.close();
        }
      }
    } catch (IOException closed) {
      for (Socket caller : waiting) {
        hangUp(caller);
      }
    }
  }

  private static void hangUp(Socket caller) {
    try {
      caller.close();
    } catch (IOException gone) {
      throw new BenchException("a connection cannot be closed", gone);
    }
  }

  @Override
  public void close() {
    try {
      door.close();
      thread.join();
    } catch (IOException failed) {
      throw new BenchException("a server cannot be closed", failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
