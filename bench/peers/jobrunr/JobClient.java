import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.scheduling.JobRequestScheduler;

/** Keeps a window of jobs unfinished, submitted in bulk: the faster of its two ways. */
public final class JobClient {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

  private final JobRequestScheduler scheduler;
  private final ByteBuffer count = Echo.count();
  private final String argument = Dialogue.argument();
  private final int window = Dialogue.number("WINDOW");
  private long submitted;

  private JobClient(JobRequestScheduler scheduler) {
    this.scheduler = scheduler;
  }

  public static void main(String[] args) throws Exception {
    JobClient client =
        new JobClient(
            JobRunr.configure()
                .useStorageProvider(Storage.connect(4))
                .initialize()
                .getJobRequestScheduler());
    client.submit(1);
    if (!client.await(1, System.nanoTime() + Dialogue.LAST_ANSWERS.toNanos())) {
      throw new IllegalStateException("the first job was not run");
    }
    Dialogue.hold(client::run);
    System.exit(0);
  }

  private Dialogue.Result run(Duration time) {
    long begin = System.nanoTime();
    long before = submitted;
    while (System.nanoTime() - begin < time.toNanos()) {
      if (submitted - Echo.done(count) <= window - window / 4) {
        submit(window / 4);
      } else {
        LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      }
    }
    await(submitted, System.nanoTime() + Dialogue.LAST_ANSWERS.toNanos());
    long completed = Echo.done(count) - before;
    return Dialogue.Result.of(begin, System.nanoTime(), completed, 0, submitted - before);
  }

  private void submit(int jobs) {
    scheduler.enqueue(Stream.generate(() -> new Echo(argument)).limit(jobs));
    submitted += jobs;
  }

  private boolean await(long jobs, long deadline) {
    while (Echo.done(count) < jobs && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return Echo.done(count) >= jobs;
  }
}
