package dev.warren.engine.publish;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQConnection;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.api.CodecException;
import dev.warren.api.TaskRefusedException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.WritesTogether;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of a publisher's connection and channel: opens them, sends what waits, hears confirms,
 * and comes back after a loss. Its thread ends when the backlog closes.
 */
final class Sender {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
  private static final Duration LAST_CONFIRMS = Duration.ofSeconds(5);
  private static final int CLOSE_MILLIS = 5_000;
  private static final int ABORT_MILLIS = 1_000;

  private final String name;
  private final Publisher.Opener opener;
  private final Backlog backlog;
  private final Troubles troubles;
  private final Thread thread;

  /** Written by the sender's thread; read by {@link #cutOff}. */
  private volatile @Nullable Connection connection;

  Sender(String name, Publisher.Opener opener, Backlog backlog, Troubles troubles) {
    this.name = name;
    this.opener = opener;
    this.backlog = backlog;
    this.troubles = troubles;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  Thread thread() {
    return thread;
  }

  /**
   * Ends the connection under a thread that is held in a write by a broker that has stopped
   * reading. Takes a second at most.
   */
  void cutOff() {
    Connection stuck = connection;
    if (stuck instanceof AMQConnection held) {
      // Closing or aborting the connection would say goodbye first, and wait behind the same write.
      held.getFrameHandler().close();
    } else if (stuck != null) {
      stuck.abort(ABORT_MILLIS);
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    try {
      while (!backlog.closed()) {
        if (serveOneChannel()) {
          backOff.reset();
        } else {
          backlog.pause(backOff.next());
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      endConnection();
    }
  }

  /** From opening a channel to its end; whether anything was settled on it. */
  private boolean serveOneChannel() throws InterruptedException {
    Channel channel;
    PublishSession session;
    try {
      channel = channel();
      channel.confirmSelect();
      session = new PublishSession(channel);
      listen(session, channel);
    } catch (WarrenException unreachable) {
      failed(unreachable);
      return false;
    } catch (IOException | RuntimeException lost) {
      drop();
      failed(new BrokerUnreachableException("connection lost while it was opened: " + lost, lost));
      return false;
    }
    backlog.opened(session);
    troubles.connected(true);
    Pending unfit = sendUntilOver(session);
    troubles.connected(false);
    return leave(channel, session, unfit);
  }

  private Channel channel() throws IOException {
    Connection open = connection;
    if (open == null || !open.isOpen()) {
      troubles.blocked(null);
      open = opener.open();
      connection = open;
      open.addBlockedListener(new Blocking());
    }
    Channel channel = open.createChannel();
    if (channel == null) {
      throw new IOException("no channel is free");
    }
    return channel;
  }

  private void failed(WarrenException failure) {
    if (!backlog.closed()) {
      LOG.warn("{} cannot connect: {}", name, failure.getMessage());
      troubles.failed(failure);
    }
  }

  private void listen(PublishSession session, Channel channel) {
    channel.addConfirmListener(
        (sequence, multiple) -> confirmed(session, sequence, multiple, PublishResult.CONFIRMED),
        (sequence, multiple) ->
            confirmed(
                session,
                sequence,
                multiple,
                new PublishResult.Refused(
                    new TaskRefusedException(
                        TaskRefusedException.Reason.QUEUE,
                        "the queue takes no more; try again later"))));
    channel.addReturnListener(
        returned ->
            backlog.returned(
                session,
                returned.getProperties(),
                new PublishResult.Returned(returned.getExchange(), returned.getRoutingKey())));
    channel.addShutdownListener(cause -> backlog.wake());
  }

  private void confirmed(
      PublishSession session, long sequence, boolean multiple, PublishResult result) {
    for (Pending pending : backlog.confirmed(session, sequence, multiple)) {
      pending.settle(pending.returned == null ? result : pending.returned);
    }
  }

  /** Sends what waits; answers the message that cannot be encoded, if that ends it. */
  private @Nullable Pending sendUntilOver(PublishSession session) throws InterruptedException {
    List<Pending> batch = new ArrayList<>();
    while (backlog.take(session, batch)) {
      try {
        Pending unfit = sendTogether(session, batch);
        if (unfit != null) {
          return unfit;
        }
        backlog.sent(session);
      } catch (IOException | ShutdownSignalException lost) {
        LOG.debug("{} lost its channel while sending", name, lost);
        return null;
      } catch (Error fatal) {
        // Ending here, this thread would leave all that wait to their deadlines.
        LOG.error("{} could not send; it goes on with a new connection", name, fatal);
        backlog.failed(session, null);
        return null;
      }
      batch.clear();
    }
    return backlog.unfit(session);
  }

  /** Sends a message that is entered in the session, on the thread of the caller. */
  void sendNow(PublishSession session, Pending pending) {
    try {
      session.send(pending);
      backlog.sent(session);
    } catch (IOException | ShutdownSignalException lost) {
      LOG.debug("{} lost its channel while sending", name, lost);
      backlog.failed(session, null);
    } catch (RuntimeException unfit) {
      LOG.warn("{} cannot encode a message", name, unfit);
      pending.unfit = unfit;
      backlog.failed(session, pending);
    } catch (Error fatal) {
      // Of the caller's thread, as a stack that overflows: others must not wait for it for ever.
      backlog.failed(session, null);
      throw fatal;
    }
  }

  private @Nullable Pending sendTogether(PublishSession session, List<Pending> batch)
      throws IOException {
    WritesTogether writes = session.sendTogether();
    try {
      for (Pending pending : batch) {
        try {
          session.send(pending);
        } catch (ShutdownSignalException lost) {
          throw lost;
        } catch (RuntimeException unfit) {
          LOG.warn("{} cannot encode a message", name, unfit);
          pending.unfit = unfit;
          return pending;
        }
      }
      return null;
    } finally {
      writes.close();
    }
  }

  /** Settles what the broker refused with the channel; the rest is sent again on the next one. */
  private boolean leave(Channel channel, PublishSession session, @Nullable Pending unfit)
      throws InterruptedException {
    if (backlog.closed() && session.open() && unfit == null) {
      backlog.awaitLastConfirms(session, LAST_CONFIRMS);
    }
    boolean settledSome = backlog.settledSome(session);
    if (unfit != null) {
      // The client has counted it and the broker has not: confirms would be off by one.
      drop();
      PublishResult refused =
          new PublishResult.Refused(
              new CodecException("the message cannot be encoded: " + unfit.unfit, unfit.unfit));
      backlog.over(session, pending -> pending.equals(unfit)).forEach(p -> p.settle(refused));
      return true;
    }
    if (session.broken() && channel.isOpen()) {
      // Where the write ended is not known, nor whether the client has counted the message.
      drop();
    }
    Optional<ChannelError> error = ChannelError.of(channel);
    if (error.isEmpty()) {
      backlog.over(session, pending -> false);
      return settledSome;
    }
    PublishResult refused = new PublishResult.Refused(error.get().reason());
    List<Pending> guilty = backlog.over(session, guilty(error.get(), backlog.inFlight(session)));
    guilty.forEach(pending -> pending.settle(refused));
    return settledSome || !guilty.isEmpty();
  }

  private Predicate<Pending> guilty(ChannelError error, int inFlight) {
    if (error.names()) {
      return error::fits;
    }
    if (inFlight == 1) {
      return pending -> true;
    }
    backlog.suspect(inFlight);
    return pending -> false;
  }

  /** Closes by handshake where the broker listens, so that it has read what was sent. */
  private void endConnection() {
    Connection open = connection;
    if (open == null) {
      return;
    }
    if (open.isOpen() && troubles.blocked().isEmpty()) {
      try {
        open.close(CLOSE_MILLIS);
      } catch (IOException | ShutdownSignalException alreadyGone) {
        LOG.debug("{}: the connection ended before it was closed", name, alreadyGone);
      }
    }
    drop();
  }

  private void drop() {
    Connection open = connection;
    if (open != null) {
      open.abort(ABORT_MILLIS);
      connection = null;
    }
  }

  private final class Blocking implements BlockedListener {
    @Override
    public void handleBlocked(String reason) {
      LOG.warn("{}: the broker has blocked publishers: {}", name, reason);
      troubles.blocked(reason);
      backlog.wake();
    }

    @Override
    public void handleUnblocked() {
      LOG.info("{}: the broker takes messages again", name);
      troubles.blocked(null);
      backlog.wake();
    }
  }
}
