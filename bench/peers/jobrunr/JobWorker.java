import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import java.time.Duration;
import org.jobrunr.configuration.JobRunr;

/** Runs the jobs. */
public final class JobWorker {
  /** Of what was tried, what ran most jobs; the default is more on a large machine only. */
  private static final int THREADS = 64;

  private JobWorker() {}

  public static void main(String[] args) throws Exception {
    JobRunr.configure()
        .useStorageProvider(Storage.connect(THREADS + 10))
        .useBackgroundJobServer(
            usingStandardBackgroundJobServerConfiguration()
                .andWorkerCount(THREADS)
                // The shortest that it accepts; a thread that is done looks for more at once.
                .andPollInterval(Duration.ofSeconds(5)))
        .initialize();
    Dialogue.awaitEndOfInput();
    System.exit(0);
  }
}
