package dev.warren.engine.startup;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQContentHeader;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.Method;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a {@link PracticeBroker}: says yes to all that programs of Warren ask. Frames
 * and methods as AMQP 0-9-1 gives them; prefetch and acknowledgements are not looked at.
 */
final class PracticeConnection {
  private static final int FRAME_MAX = 131_072;
  private static final int CHANNEL_MAX = 2047;
  private static final int HEADER_BYTES = 8;

  /** Of a frame beside its payload. */
  private static final int FRAME_EXTRA = 8;

  private static final Map<String, Object> ABOUT =
      Map.of(
          "product", "RabbitMQ",
          "version", "3.10.8",
          "capabilities",
              Map.of(
                  "publisher_confirms", true,
                  "exchange_exchange_bindings", true,
                  "basic.nack", true,
                  "consumer_cancel_notify", true,
                  "connection.blocked", true));

  private record ConsumerKey(PracticeConnection connection, int channel, String tag) {}

  private final Socket socket;
  private final PracticeQueues queues;
  private final String password;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<Integer, Long> published = new HashMap<>();
  private final Set<ConsumerKey> consumers = new HashSet<>();

  // Guarded by writing.
  private long delivered;

  private int named;

  PracticeConnection(Socket socket, PracticeQueues queues, String password) throws IOException {
    this.socket = socket;
    this.queues = queues;
    this.password = password;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  /** Answers until the other side leaves, if it may come in. */
  void serve() throws IOException {
    try (socket) {
      in.readNBytes(HEADER_BYTES);
      send(
          0,
          new AMQP.Connection.Start.Builder()
              .versionMajor(0)
              .versionMinor(9)
              .serverProperties(ABOUT)
              .mechanisms("PLAIN")
              .build());
      if (!mayComeIn(Frame.readFrom(in, () -> FRAME_MAX))) {
        return;
      }
      send(
          0,
          new AMQP.Connection.Tune.Builder().channelMax(CHANNEL_MAX).frameMax(FRAME_MAX).build());
      while (true) {
        Frame frame = Frame.readFrom(in, () -> FRAME_MAX);
        if (frame == null) {
          continue;
        }
        if (frame.getType() == AMQP.FRAME_HEARTBEAT) {
          write(new Frame(AMQP.FRAME_HEARTBEAT, 0));
        } else if (frame.getType() == AMQP.FRAME_METHOD) {
          Method method = AMQImpl.readMethodFrom(frame.getInputStream());
          answer(frame.getChannel(), method);
          if (method instanceof AMQP.Connection.Close) {
            return;
          }
        }
      }
    } catch (EOFException left) {
      return;
    } finally {
      consumers.forEach(queues::cancel);
    }
  }

  /** PLAIN (RFC 4616): an empty name, the user's, and the password, with zeros between. */
  private boolean mayComeIn(@Nullable Frame first) throws IOException {
    if (first == null
        || first.getType() != AMQP.FRAME_METHOD
        || !(AMQImpl.readMethodFrom(first.getInputStream())
            instanceof AMQP.Connection.StartOk login)) {
      return false;
    }
    byte[] response = login.getResponse().getBytes();
    byte[] given = Arrays.copyOfRange(response, lastZero(response) + 1, response.length);
    return MessageDigest.isEqual(given, password.getBytes(StandardCharsets.UTF_8));
  }

  private static int lastZero(byte[] bytes) {
    int at = bytes.length - 1;
    while (at >= 0 && bytes[at] != 0) {
      at--;
    }
    return at;
  }

  private void answer(int channel, Method method) throws IOException {
    switch (method) {
      case AMQP.Connection.Open ignored -> send(0, new AMQP.Connection.OpenOk.Builder().build());
      case AMQP.Connection.Close ignored -> send(0, new AMQP.Connection.CloseOk.Builder().build());
      case AMQP.Channel.Open ignored -> send(channel, new AMQP.Channel.OpenOk.Builder().build());
      case AMQP.Channel.Close ignored -> send(channel, new AMQP.Channel.CloseOk.Builder().build());
      case AMQP.Confirm.Select ignored -> {
        published.put(channel, 0L);
        send(channel, new AMQP.Confirm.SelectOk.Builder().build());
      }
      case AMQP.Basic.Publish publish -> published(channel, publish);
      default -> {
        if (!topology(channel, method)) {
          consuming(channel, method);
        }
      }
    }
  }

  private boolean topology(int channel, Method method) throws IOException {
    switch (method) {
      case AMQP.Exchange.Declare declare -> {
        queues.declareExchange(declare.getExchange(), declare.getType());
        send(channel, new AMQP.Exchange.DeclareOk.Builder().build());
      }
      case AMQP.Exchange.Bind bind -> {
        queues.bind(bind.getSource(), bind.getRoutingKey(), bind.getDestination(), true);
        send(channel, new AMQP.Exchange.BindOk.Builder().build());
      }
      case AMQP.Queue.Declare declare -> declared(channel, declare);
      case AMQP.Queue.Bind bind -> {
        queues.bind(bind.getExchange(), bind.getRoutingKey(), bind.getQueue(), false);
        send(channel, new AMQP.Queue.BindOk.Builder().build());
      }
      case AMQP.Queue.Unbind ignored -> send(channel, new AMQP.Queue.UnbindOk.Builder().build());
      case AMQP.Queue.Purge ignored -> send(channel, new AMQP.Queue.PurgeOk.Builder().build());
      case AMQP.Queue.Delete delete -> {
        queues.deleteQueue(delete.getQueue());
        send(channel, new AMQP.Queue.DeleteOk.Builder().build());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void declared(int channel, AMQP.Queue.Declare declare) throws IOException {
    String name =
        declare.getQueue().isEmpty()
            ? "practice-" + hashCode() + "-" + ++named
            : declare.getQueue();
    Map<String, Object> arguments = declare.getArguments();
    boolean isStream =
        arguments != null && "stream".equals(String.valueOf(arguments.get("x-queue-type")));
    int waiting = queues.declareQueue(name, isStream);
    send(channel, new AMQP.Queue.DeclareOk.Builder().queue(name).messageCount(waiting).build());
  }

  private void consuming(int channel, Method method) throws IOException {
    switch (method) {
      case AMQP.Basic.Qos ignored -> send(channel, new AMQP.Basic.QosOk.Builder().build());
      case AMQP.Basic.Consume consume -> {
        String tag =
            consume.getConsumerTag().isEmpty() ? "practice-" + ++named : consume.getConsumerTag();
        ConsumerKey key = new ConsumerKey(this, channel, tag);
        consumers.add(key);
        send(channel, new AMQP.Basic.ConsumeOk.Builder().consumerTag(tag).build());
        boolean onlyNew = "next".equals(offset(consume));
        queues.consume(consume.getQueue(), key, onlyNew, message -> deliver(channel, tag, message));
      }
      case AMQP.Basic.Cancel cancel -> {
        queues.cancel(new ConsumerKey(this, channel, cancel.getConsumerTag()));
        send(
            channel,
            new AMQP.Basic.CancelOk.Builder().consumerTag(cancel.getConsumerTag()).build());
      }
      case AMQP.Basic.Get get -> got(channel, get);
      default -> {
        // Acknowledgements, and the last words of a handshake: nothing is answered to these.
      }
    }
  }

  private static String offset(AMQP.Basic.Consume consume) {
    Map<String, Object> arguments = consume.getArguments();
    return arguments == null ? "" : String.valueOf(arguments.get("x-stream-offset"));
  }

  private void got(int channel, AMQP.Basic.Get get) throws IOException {
    PracticeQueues.Message message = queues.get(get.getQueue());
    if (message == null) {
      send(channel, new AMQP.Basic.GetEmpty.Builder().build());
      return;
    }
    writing.lock();
    try {
      Object method =
          new AMQP.Basic.GetOk.Builder()
              .deliveryTag(++delivered)
              .exchange(message.exchange())
              .routingKey(message.key())
              .build();
      send(channel, method, message);
    } finally {
      writing.unlock();
    }
  }

  private void published(int channel, AMQP.Basic.Publish publish) throws IOException {
    Frame frame = Frame.readFrom(in, () -> FRAME_MAX);
    AMQContentHeader header = AMQImpl.readContentHeaderFrom(frame.getInputStream());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (body.size() < header.getBodySize()) {
      body.write(Frame.readFrom(in, () -> FRAME_MAX).getPayload());
    }
    queues.publish(
        new PracticeQueues.Message(
            publish.getExchange(),
            publish.getRoutingKey(),
            header,
            ByteBuffer.wrap(body.toByteArray())));
    Long number = published.computeIfPresent(channel, (unused, before) -> before + 1);
    if (number != null) {
      send(channel, new AMQP.Basic.Ack.Builder().deliveryTag(number).build());
    }
  }

  private void deliver(int channel, String tag, PracticeQueues.Message message) {
    writing.lock();
    try {
      Object method =
          new AMQP.Basic.Deliver.Builder()
              .consumerTag(tag)
              .deliveryTag(++delivered)
              .exchange(message.exchange())
              .routingKey(message.key())
              .build();
      send(channel, method, message);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    } finally {
      writing.unlock();
    }
  }

  private void send(int channel, Object method, PracticeQueues.Message message) throws IOException {
    ((Method) method).toFrame(channel).writeTo(out);
    ByteBuffer body = message.body().duplicate();
    int size = body.remaining();
    message.header().toFrame(channel, size).writeTo(out);
    int most = FRAME_MAX - FRAME_EXTRA;
    for (int from = 0; from < size; from += most) {
      Frame.fromBodyFragment(channel, body, from, Math.min(most, size - from)).writeTo(out);
    }
    out.flush();
  }

  private void send(int channel, Object method) throws IOException {
    write(((Method) method).toFrame(channel));
  }

  private void write(Frame frame) throws IOException {
    writing.lock();
    try {
      frame.writeTo(out);
      out.flush();
    } finally {
      writing.unlock();
    }
  }
}
