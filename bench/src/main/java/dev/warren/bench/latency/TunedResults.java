package dev.warren.bench.latency;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BasicProperties;
import com.rabbitmq.client.MessageProperties;
import java.nio.ByteBuffer;
import java.util.List;

/** Tasks and results as the hand-tuned program writes them: the id, the length, the bytes. */
final class TunedResults {
  static final AMQP.BasicProperties PERSISTENT = MessageProperties.MINIMAL_PERSISTENT_BASIC;

  private static final int HEAD = Long.BYTES + Integer.BYTES;

  private TunedResults() {}

  /** Hears each result of a message. */
  @FunctionalInterface
  interface Hearing {
    void result(long id);
  }

  static byte[] task(long id, byte[] argument) {
    return ByteBuffer.allocate(HEAD + argument.length)
        .putLong(id)
        .putInt(argument.length)
        .put(argument)
        .array();
  }

  /** The result of a task is its argument; results of several one after the other. */
  static byte[] results(List<byte[]> tasks) {
    if (tasks.size() == 1) {
      return tasks.getFirst();
    }
    int length = 0;
    for (byte[] task : tasks) {
      length += task.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    tasks.forEach(all::put);
    return all.array();
  }

  static void read(byte[] results, Hearing hearing) {
    ByteBuffer rest = ByteBuffer.wrap(results);
    while (rest.hasRemaining()) {
      long id = rest.getLong();
      int length = rest.getInt();
      rest.position(rest.position() + length);
      hearing.result(id);
    }
  }

  static boolean isPersistent(BasicProperties properties) {
    return Integer.valueOf(2).equals(properties.getDeliveryMode());
  }
}
