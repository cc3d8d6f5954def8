package dev.warren.engine.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.impl.Frame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final int LIMIT = 300_000;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void takesNoMemoryForASizeThatNobodyAgreedUpon() {
    for (int size : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 7, 1 << 30, 17 << 20, -1}) {
      byte[] header = ByteBuffer.allocate(7).put((byte) 1).putShort((short) 0).putInt(size).array();
      FrameReader reader = new FrameReader(new ByteArrayInputStream(header));

      assertThatThrownBy(reader::next).isInstanceOf(MalformedFrameException.class);
    }
  }

  @Test
  void readsWhatWasWrittenHoweverItComes() throws Exception {
    Random random = new Random(11);
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int size = random.nextInt(20) == 0 ? random.nextInt(LIMIT) : random.nextInt(300);
      byte[] payload = new byte[size];
      random.nextBytes(payload);
      frames.add(new Frame(AMQP.FRAME_BODY, random.nextInt(70_000) & 0xffff, payload));
    }
    for (Frame frame : frames) {
      write(frame);
    }
    FrameReader reader = new FrameReader(new Drops(written.toByteArray(), random));
    reader.limit(LIMIT);

    for (Frame frame : frames) {
      Frame read = reader.next();
      while (read == null) {
        // A time limit passed, in the midst of it perhaps.
        read = reader.next();
      }
      assertThat(read.getType()).isEqualTo(frame.getType());
      assertThat(read.getChannel()).isEqualTo(frame.getChannel());
      assertThat(read.getPayload()).isEqualTo(frame.getPayload());
    }
    assertThatThrownBy(
            () -> {
              while (true) {
                assertThat(reader.next()).isNull();
              }
            })
        .isInstanceOf(EOFException.class);
  }

  @Test
  void refusesWhatIsTooLargeOrDoesNotEnd() throws Exception {
    write(new Frame(AMQP.FRAME_BODY, 1, new byte[5_000]));
    byte[] bytes = written.toByteArray();
    FrameReader limited = new FrameReader(new ByteArrayInputStream(bytes));
    limited.limit(4_096);
    assertThatThrownBy(limited::next).isInstanceOf(MalformedFrameException.class);

    bytes[bytes.length - 1] = 0;
    assertThatThrownBy(new FrameReader(new ByteArrayInputStream(bytes))::next)
        .isInstanceOf(MalformedFrameException.class);
  }

  /** The library does not write what it has read. */
  private void write(Frame frame) throws IOException {
    DataOutputStream out = new DataOutputStream(written);
    out.writeByte(frame.getType());
    out.writeShort(frame.getChannel());
    out.writeInt(frame.getPayload().length);
    out.write(frame.getPayload());
    out.writeByte(AMQP.FRAME_END);
  }

  /** A connection on which a few bytes come at a time, and nothing at times. */
  private static final class Drops extends InputStream {
    private final InputStream all;
    private final Random random;

    Drops(byte[] bytes, Random random) {
      this.all = new ByteArrayInputStream(bytes);
      this.random = random;
    }

    @Override
    public int read() throws IOException {
      throw new IOException("read in one go");
    }

    @Override
    public int read(byte[] into, int at, int most) throws IOException {
      if (random.nextInt(10) == 0) {
        throw new SocketTimeoutException("nothing came");
      }
      return all.read(
          into, at, Math.min(most, 1 + random.nextInt(random.nextBoolean() ? 8 : 100_000)));
    }
  }
}
