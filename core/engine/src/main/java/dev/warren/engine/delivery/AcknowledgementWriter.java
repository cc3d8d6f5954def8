package dev.warren.engine.delivery;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import dev.warren.engine.connection.AcknowledgementsUnderWay;
import dev.warren.engine.connection.WritesTogether;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Writes acknowledgements to a channel, for the one thread that serves it. */
final class AcknowledgementWriter {
  /** Of what the broker's channel has under way before it keeps the rest back; it says 32. */
  private static final int MANY_FRAMES = 25;

  private static final Duration RECENTLY = Duration.ofSeconds(1);

  private final String queue;
  private final Channel channel;
  private final EngineListener listener;
  private int recentFrames;
  private long recentSince = System.nanoTime();

  AcknowledgementWriter(String queue, Channel channel, EngineListener listener) {
    this.queue = queue;
    this.channel = channel;
    this.listener = listener;
  }

  void write(List<Acknowledgements.Frame> frames) throws IOException {
    long now = System.nanoTime();
    if (now - recentSince > RECENTLY.toNanos()) {
      recentFrames = 0;
      recentSince = now;
    }
    recentFrames += frames.size();
    WritesTogether writes = WritesTogether.on(channel.getConnection());
    try {
      for (Acknowledgements.Frame frame : frames) {
        write(frame);
      }
    } finally {
      writes.close();
    }
  }

  private void write(Acknowledgements.Frame frame) throws IOException {
    switch (frame) {
      case Acknowledgements.Frame.Acknowledge(long tag, boolean multiple, int deliveries) -> {
        channel.basicAck(tag, multiple);
        listener.acknowledged(queue, deliveries);
      }
      case Acknowledgements.Frame.GiveBack(long tag, boolean counted) -> {
        // On RabbitMQ 4.3 a nack does not count towards the delivery limit, a reject does; on
        // 3.10 both.
        if (counted) {
          channel.basicReject(tag, true);
        } else {
          channel.basicNack(tag, false, true);
        }
        listener.returned(queue);
      }
    }
  }

  /**
   * After many acknowledgements within a moment, waits until the queue has them. What the consumers
   * that this takes get goes back with the channel. The end of this session's own consumer was
   * waited for already.
   */
  void settleWhatIsUnderWay() throws IOException {
    if (recentFrames >= MANY_FRAMES && System.nanoTime() - recentSince <= RECENTLY.toNanos()) {
      AcknowledgementsUnderWay.await(
          channel, TopologyNames.work(queue), 1, new DefaultConsumer(channel));
    }
  }
}
