package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.TopologyMismatchException;
import dev.warren.api.WarrenException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection and channel of a publisher, and what is unconfirmed on it. Its state is guarded by
 * the publisher's lock; {@link #send} is called by the publisher's thread alone, without the lock.
 */
final class PublishSession {
  private static final Pattern EXCHANGE = Pattern.compile("exchange '([^']*)'");
  private static final int ACCESS_REFUSED = 403;

  /** After so many channel errors with the same message first in line, that message is to blame. */
  private static final int CHANNEL_ERRORS_TOLERATED = 3;

  private final Connection connection;
  private final Channel channel;
  private final Deque<Pending> inFlight = new ArrayDeque<>();
  private long lastSequence;

  PublishSession(Connection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  int unconfirmed() {
    return inFlight.size();
  }

  boolean open() {
    return channel.isOpen();
  }

  /** Numbers the message as the channel will when it is sent, before it is sent. */
  void enter(Pending pending) {
    pending.sequence = ++lastSequence;
    pending.returned = null;
    inFlight.addLast(pending);
  }

  void send(Pending pending) throws IOException {
    Outgoing message = pending.message;
    pending.sent = true;
    channel.basicPublish(
        message.exchange(),
        message.routingKey(),
        message.mandatory(),
        message.properties(),
        message.body().bytes());
  }

  /** Takes out what a confirm settles. */
  List<Pending> confirmed(long sequence, boolean multiple) {
    List<Pending> settled = new ArrayList<>();
    if (multiple || (!inFlight.isEmpty() && inFlight.getFirst().sequence == sequence)) {
      while (!inFlight.isEmpty() && inFlight.getFirst().sequence <= sequence) {
        settled.add(inFlight.removeFirst());
      }
      return settled;
    }
    for (Pending pending : inFlight) {
      if (pending.sequence == sequence) {
        settled.add(pending);
        break;
      }
    }
    inFlight.removeAll(settled);
    return settled;
  }

  /** Marks the message that the broker returned. */
  void returned(AMQP.BasicProperties properties, PublishResult result) {
    for (Pending pending : inFlight) {
      if (pending.message.mandatory()
          && pending.message.properties().getMessageId().equals(properties.getMessageId())) {
        pending.returned = result;
      }
    }
  }

  /** What is unconfirmed, in order. */
  List<Pending> outstanding() {
    return List.copyOf(inFlight);
  }

  void forget() {
    inFlight.clear();
  }

  /** Which of the outstanding messages the broker refused by closing the channel, and why. */
  record Blame(Predicate<Pending> guilty, WarrenException reason) {}

  /** Reads from the way the channel was closed whom to blame; null where nobody is. */
  @Nullable Blame blame() {
    ShutdownSignalException cause = channel.getCloseReason();
    if (cause == null || cause.isHardError() || cause.isInitiatedByApplication()) {
      return null;
    }
    Method reason = cause.getReason();
    if (!(reason instanceof AMQP.Channel.Close close)) {
      return null;
    }
    String text = close.getReplyText();
    WarrenException error =
        close.getReplyCode() == ACCESS_REFUSED
            ? new AccessDeniedException("the broker refused to publish: " + text)
            : new TopologyMismatchException(
                "the broker closed the channel: " + text + "; 'warren doctor' tells more");
    Matcher named = EXCHANGE.matcher(text);
    if (named.find()) {
      String exchange = named.group(1);
      return new Blame(pending -> pending.message.exchange().equals(exchange), error);
    }
    Pending first = inFlight.peekFirst();
    if (first != null && ++first.channelErrors >= CHANNEL_ERRORS_TOLERATED) {
      return new Blame(pending -> pending == first, error);
    }
    return null;
  }

  /** Closes by handshake, so that the broker has read what was sent. */
  void close() {
    try {
      channel.close();
      connection.close();
    } catch (IOException
        | java.util.concurrent.TimeoutException
        | AlreadyClosedException alreadyGone) {
      connection.abort();
    }
  }

  /** Drops the connection without waiting. */
  void abort() {
    connection.abort();
  }
}
