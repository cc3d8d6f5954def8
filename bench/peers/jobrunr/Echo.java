import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** The task. Nothing comes back of it, so the worker counts in a file that the client maps. */
public final class Echo implements JobRequest {
  private String value;

  /** For the one that reads it from the database. */
  Echo() {
    this("");
  }

  Echo(String value) {
    this.value = value;
  }

  public String getValue() {
    return value;
  }

  @Override
  public Class<Handler> getJobRequestHandler() {
    return Handler.class;
  }

  /** Counts. */
  public static final class Handler implements JobRequestHandler<Echo> {
    private static final VarHandle LONG =
        MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final ByteBuffer DONE = count();

    @Override
    public void run(Echo task) {
      if (task.getValue().isEmpty()) {
        throw new IllegalArgumentException("the task has lost its argument");
      }
      LONG.getAndAdd(DONE, 0, 1L);
    }
  }

  /** How many were done so far, by the worker. */
  static long done(ByteBuffer count) {
    return (long) Handler.LONG.getVolatile(count, 0);
  }

  /** The file of the count. */
  static ByteBuffer count() {
    try (FileChannel file =
        FileChannel.open(
            Path.of(Dialogue.setting("STATE"), "done"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      return file.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
