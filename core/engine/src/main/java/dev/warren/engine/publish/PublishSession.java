package dev.warren.engine.publish;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.warren.engine.connection.WritesTogether;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a publisher, and what is unconfirmed on it. Guarded by the {@link Backlog}'s lock;
 * only {@link #send} is called without it, by the one thread that has begun to send.
 */
final class PublishSession {
  /** Unconfirmed messages and their bytes up to which nobody has to wait for a write. */
  private static final int MOST_AT_ONCE = 8;

  private static final int BYTES_AT_ONCE = 8 * 1024;

  private final Channel channel;

  /** By number on this channel, in order. */
  private final Map<Long, Pending> inFlight = new LinkedHashMap<>();

  private long lastSequence;

  /** Whether a thread sends what it has entered; others wait, as the order is that of numbers. */
  private boolean sending;

  /** Whether sending failed: what is unconfirmed is sent again on the next channel. */
  private volatile boolean broken;

  private @Nullable Pending unfit;
  private boolean settledSome;

  PublishSession(Channel channel) {
    this.channel = channel;
  }

  int unconfirmed() {
    return inFlight.size();
  }

  /** Whether the broker has confirmed anything on this channel. */
  boolean settledSome() {
    return settledSome;
  }

  boolean open() {
    return !broken && channel.isOpen();
  }

  /** Whether something could not be sent on it, although the channel may be open. */
  boolean broken() {
    return broken;
  }

  boolean sending() {
    return sending;
  }

  /** A thread begins to send. */
  void begin() {
    sending = true;
  }

  /** It has sent all that it has entered. */
  void sent() {
    sending = false;
  }

  /**
   * It could not send all that it has entered.
   *
   * @param why the message that cannot be encoded, if it was that
   */
  void failed(@Nullable Pending why) {
    sending = false;
    broken = true;
    unfit = why;
  }

  /** The message that ended it because it cannot be encoded, if one did. */
  @Nullable Pending unfit() {
    return unfit;
  }

  /**
   * Whether a message can be written by whoever has it, without a wait for the broker: it and all
   * that is unconfirmed fit into the buffer of any socket.
   */
  boolean takesAtOnce(Pending pending) {
    if (sending || !open() || inFlight.size() >= MOST_AT_ONCE) {
      return false;
    }
    int bytes = pending.message.size();
    for (Pending other : inFlight.values()) {
      bytes += other.message.size();
    }
    return bytes <= BYTES_AT_ONCE;
  }

  /** Numbers the message as the channel will when it is sent, before it is sent. */
  void enter(Pending pending) {
    pending.returned = null;
    inFlight.put(++lastSequence, pending);
  }

  /** Until this is closed, what is sent waits for company. */
  WritesTogether sendTogether() {
    return WritesTogether.on(channel.getConnection());
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

  /** Takes out what a confirm is for. */
  List<Pending> confirmed(long sequence, boolean multiple) {
    settledSome = true;
    List<Pending> confirmed = new ArrayList<>();
    if (!multiple) {
      Pending one = inFlight.remove(sequence);
      if (one != null) {
        confirmed.add(one);
      }
      return confirmed;
    }
    Iterator<Map.Entry<Long, Pending>> inOrder = inFlight.entrySet().iterator();
    while (inOrder.hasNext()) {
      Map.Entry<Long, Pending> entry = inOrder.next();
      if (entry.getKey() > sequence) {
        break;
      }
      confirmed.add(entry.getValue());
      inOrder.remove();
    }
    return confirmed;
  }

  /**
   * Marks the message that the broker returned: the first with this id and address, as the same
   * task may be in flight twice, and returns come in order.
   */
  void returned(AMQP.BasicProperties properties, PublishResult.Returned result) {
    for (Pending pending : inFlight.values()) {
      Outgoing message = pending.message;
      if (pending.returned == null
          && message.mandatory()
          && message.properties().getMessageId().equals(properties.getMessageId())
          && message.exchange().equals(result.exchange())
          && message.routingKey().equals(result.routingKey())) {
        pending.returned = result;
        return;
      }
    }
  }

  /** Settles what is overdue; it keeps its number until its confirm comes. */
  void settleOverdue(long nowNanos, List<Pending> overdue) {
    for (Pending pending : inFlight.values()) {
      if (!pending.settled && pending.overdue(nowNanos)) {
        pending.settled = true;
        overdue.add(pending);
      }
    }
  }

  /** Takes out all that is unconfirmed, in order; confirms that come later are for nobody. */
  List<Pending> forget() {
    List<Pending> outstanding = List.copyOf(inFlight.values());
    inFlight.clear();
    return outstanding;
  }
}
