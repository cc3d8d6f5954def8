package dev.warren.producer.gateway;

import dev.warren.api.GatewayRequiredException;
import dev.warren.engine.connection.BackOff;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gateway tells one by one, as it comes. When the connection is lost, it is opened again
 * from where it was; only when no gateway answers for a while it fails. One thread reads; any may
 * close it.
 *
 * @param <T> what is told
 */
public final class Feed<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  /** A gateway that is restarted is back within this time. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Where to read, from after a position. */
  interface Place {
    String path(String after);

    default Map<String, String> headers(String after) {
      return Map.of();
    }
  }

  /** Makes items of lines. */
  @FunctionalInterface
  interface Format<T> {
    /** Reads items of the lines; each one that was read has its position told. */
    Items<T> over(BufferedReader lines, Consumer<String> position);
  }

  /** Items, until null. */
  @FunctionalInterface
  interface Items<T> {
    @Nullable T next() throws IOException;
  }

  private final Requests requests;
  private final Place place;
  private final Format<T> format;
  private final BooleanSupplier complete;
  private final BackOff backOff = new BackOff();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private @Nullable InputStream stream;

  // Of the reading thread.
  private @Nullable Items<T> items;
  private String position;
  private boolean wasOpen;
  private boolean over;
  private long lostAt;

  /**
   * @param position from after which to begin
   * @param complete asked when a stream has ended in good order: whether it told all there is, and
   *     is not that of a gateway that stops
   */
  Feed(
      Requests requests, Place place, Format<T> format, String position, BooleanSupplier complete) {
    this.requests = requests;
    this.place = place;
    this.format = format;
    this.position = position;
    this.complete = complete;
  }

  /**
   * Waits for the next; empty when there are no more, or the feed was closed.
   *
   * @throws GatewayRequiredException if no gateway answers at the start, or for a minute afterwards
   */
  public Optional<T> next() {
    while (!over && !isClosed()) {
      try {
        Items<T> opened = open();
        if (opened == null) {
          over = true;
          continue;
        }
        T item = opened.next();
        if (item != null) {
          backOff.reset();
          lostAt = 0;
          return Optional.of(item);
        }
        disconnect();
        over = complete.getAsBoolean();
        if (!over) {
          lost(requests.away("the stream has ended", null));
        }
      } catch (IOException cut) {
        disconnect();
        lost(requests.away("the stream was cut off: " + cut.getMessage(), cut));
      } catch (GatewayRequiredException away) {
        lost(away);
      }
    }
    return Optional.empty();
  }

  /** The position after which the feed goes on: the id of the last event, or its sequence. */
  public String position() {
    return position;
  }

  /** The items of the open stream; null if there is nothing more to open one for. */
  private @Nullable Items<T> open() {
    if (items == null) {
      Optional<InputStream> opened = requests.stream(place.path(position), place.headers(position));
      wasOpen = true;
      if (opened.isEmpty()) {
        return null;
      }
      adopt(opened.get());
      items =
          format.over(
              new BufferedReader(new InputStreamReader(opened.get(), StandardCharsets.UTF_8)),
              seen -> position = seen);
    }
    return items;
  }

  /** Waits a little before the next try; fails if that has been going on for too long. */
  private void lost(GatewayRequiredException why) {
    if (isClosed()) {
      return;
    }
    long now = System.nanoTime();
    lostAt = lostAt == 0 ? now : lostAt;
    if (!wasOpen || now - lostAt > PATIENCE.toNanos()) {
      throw why;
    }
    LOG.debug("{}; trying again", why.getMessage());
    try {
      boolean stopped = closed.await(backOff.next().toMillis(), TimeUnit.MILLISECONDS);
      over = stopped || over;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void adopt(InputStream opened) {
    lock.lock();
    try {
      stream = opened;
    } finally {
      lock.unlock();
    }
    if (isClosed()) {
      disconnect();
    }
  }

  private void disconnect() {
    items = null;
    dropStream();
  }

  private void dropStream() {
    InputStream dropped;
    lock.lock();
    try {
      dropped = stream;
      stream = null;
    } finally {
      lock.unlock();
    }
    if (dropped == null) {
      return;
    }
    try {
      dropped.close();
    } catch (IOException already) {
      LOG.debug("closing a stream of the gateway", already);
    }
  }

  /** Ends the feed; a reader that waits gets nothing more. */
  @Override
  public void close() {
    closed.countDown();
    dropStream();
  }
}
