package dev.warren.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network between a client and a broker that fails when told to: a TCP proxy on a free port of
 * the loopback interface. Faults apply at once, also to connections that are open, and stay until
 * {@link #restore}. Safe for use by several threads; its own threads are virtual and end with
 * {@link #close}.
 */
public final class FaultProxy implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);
  private static final int CONNECT_LIMIT_MILLIS = 10_000;

  private final List<URI> targets;
  private final AtomicInteger turn = new AtomicInteger();
  private final InetSocketAddress address;
  private final Line line = new Line();

  /** Guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Set<ProxiedConnection> connections = new HashSet<>();
  private @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;

  private FaultProxy(List<URI> targets) {
    this.targets = targets;
    ServerSocket first = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    this.address = new InetSocketAddress(first.getInetAddress(), first.getLocalPort());
    accept(first);
  }

  /**
   * Starts a proxy.
   *
   * @param target where it leads to; host and port are needed
   */
  public static FaultProxy to(URI target) {
    return to(List.of(target));
  }

  /**
   * Starts a proxy before the members of a cluster: each connection goes to the next one that
   * answers.
   *
   * @param targets where it leads to; host and port are needed, the rest is taken from the first
   */
  public static FaultProxy to(List<URI> targets) {
    if (targets.isEmpty()
        || targets.stream().anyMatch(each -> each.getHost() == null || each.getPort() == -1)) {
      throw new IllegalArgumentException("a proxy's target needs host and port");
    }
    return new FaultProxy(List.copyOf(targets));
  }

  /** The (first) target's URI with the proxy in the place of host and port. */
  public URI uri() {
    URI target = targets.getFirst();
    String authority =
        (target.getRawUserInfo() == null ? "" : target.getRawUserInfo() + "@")
            + address.getAddress().getHostAddress()
            + ":"
            + address.getPort();
    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    return URI.create(target.getScheme() + "://" + authority + target.getRawPath() + query);
  }

  /** How many connections are open through this proxy. */
  public int connectionCount() {
    lock.lock();
    try {
      return connections.size();
    } finally {
      lock.unlock();
    }
  }

  /** Resets all open connections, at both ends; new ones are accepted. */
  public void cut() {
    open().forEach(ProxiedConnection::reset);
  }

  /** Refuses new connections; open ones go on. */
  public void refuse() {
    stopAccepting();
  }

  /** Lets no more bytes through, in either direction, without closing anything. */
  public void stall() {
    line.change(faults -> faults.withStalled(true));
  }

  /** Makes every byte arrive this much later, in either direction. */
  public void latency(Duration delay) {
    line.change(faults -> faults.withLatency(delay));
  }

  /** Limits each direction of each connection. */
  public void bandwidth(long bytesPerSecond) {
    line.change(faults -> faults.withBytesPerSecond(bytesPerSecond));
  }

  /** Ends all faults: what was stalled goes on, what was refused is accepted. */
  public void restore() {
    line.change(faults -> Line.Faults.NONE);
    lock.lock();
    try {
      if (listener == null && !line.isClosed()) {
        accept(listen(address));
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    line.close();
    stopAccepting();
    try {
      for (ProxiedConnection connection : open()) {
        connection.reset();
        connection.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<ProxiedConnection> open() {
    lock.lock();
    try {
      return new ArrayList<>(connections);
    } finally {
      lock.unlock();
    }
  }

  private static ServerSocket listen(InetSocketAddress where) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(where);
      return socket;
    } catch (IOException e) {
      throw new BrokerException("the fault proxy cannot listen on " + where, e);
    }
  }

  private void accept(ServerSocket socket) {
    lock.lock();
    try {
      listener = socket;
      acceptor = Thread.ofVirtual().name("warren-proxy-accept").start(() -> acceptFrom(socket));
    } finally {
      lock.unlock();
    }
  }

  private void stopAccepting() {
    ServerSocket socket;
    Thread thread;
    lock.lock();
    try {
      socket = listener;
      thread = acceptor;
      listener = null;
      acceptor = null;
    } finally {
      lock.unlock();
    }
    if (socket == null || thread == null) {
      return;
    }
    try {
      socket.close();
      thread.join();
    } catch (IOException e) {
      throw new BrokerException("the fault proxy cannot stop listening", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptFrom(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        connect(socket.accept());
      } catch (SocketException e) {
        LOG.trace("listener closed", e);
      } catch (IOException e) {
        LOG.warn("the fault proxy could not accept a connection", e);
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server;
    try {
      server = reach();
      client.setTcpNoDelay(true);
    } catch (IOException e) {
      // The client sees what it would see without a proxy: a connection that is of no use.
      LOG.debug("no target of {} answers", targets.size(), e);
      client.close();
      return;
    }
    ProxiedConnection connection = new ProxiedConnection(client, server, line, this::forget);
    lock.lock();
    try {
      connections.add(connection);
    } finally {
      lock.unlock();
    }
    connection.start();
  }

  private Socket reach() throws IOException {
    IOException none = new IOException("no target answers");
    int first = turn.getAndIncrement();
    for (int i = 0; i < targets.size(); i++) {
      URI target = targets.get(Math.floorMod(first + i, targets.size()));
      Socket server = new Socket();
      try {
        server.connect(
            new InetSocketAddress(target.getHost(), target.getPort()), CONNECT_LIMIT_MILLIS);
        server.setTcpNoDelay(true);
        return server;
      } catch (IOException e) {
        none.addSuppressed(e);
        server.close();
      }
    }
    throw none;
  }

  private void forget(ProxiedConnection connection) {
    lock.lock();
    try {
      connections.remove(connection);
    } finally {
      lock.unlock();
    }
  }
}
