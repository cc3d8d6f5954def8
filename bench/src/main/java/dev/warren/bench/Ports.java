package dev.warren.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports for the processes of a run. */
public final class Ports {
  private Ports() {}

  /** One that nobody listens on at this moment, on the loopback interface. */
  public static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new BenchException("no port is free", none);
    }
  }
}
