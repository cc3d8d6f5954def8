package dev.warren.bench;

import dev.warren.api.ConfigurationException;
import dev.warren.engine.configuration.Key;
import dev.warren.engine.configuration.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What scenarios share: settings, a folder that is removed afterwards, and a broker that is started
 * when the first of them asks for it. For one thread.
 */
public final class BenchRun implements AutoCloseable {
  private final Settings settings;
  private final Path workFolder;
  private final Consumer<String> progress;
  private final Broker broker;

  /** Started once, for all runs that share it. */
  private static final class Broker {
    private @Nullable BenchBroker started;
  }

  private BenchRun(Settings settings, Path workFolder, Consumer<String> progress, Broker broker) {
    this.settings = settings;
    this.workFolder = workFolder;
    this.progress = progress;
    this.broker = broker;
  }

  static BenchRun of(Settings settings, Path workFolder, Consumer<String> progress) {
    return new BenchRun(settings, workFolder, progress, new Broker());
  }

  /** The same with other settings; the broker is shared, and closed with any of the two. */
  BenchRun with(Settings others) {
    return new BenchRun(others, workFolder, progress, broker);
  }

  public Settings settings() {
    return settings;
  }

  public Path workFolder() {
    return workFolder;
  }

  public BenchBroker broker() {
    BenchBroker started = broker.started;
    if (started == null) {
      started = BenchBroker.open(settings, workFolder);
      broker.started = started;
    }
    return started;
  }

  /** PerfTest, unless it is not wanted. */
  public Optional<PerfTest> perfTest() {
    return settings.get(BenchKeys.PERF_TEST) ? Optional.of(PerfTest.find()) : Optional.empty();
  }

  public int rounds() {
    return settings.get(BenchKeys.ROUNDS);
  }

  /** How long a side of a round runs. */
  public Duration time() {
    return Duration.ofSeconds(settings.get(BenchKeys.SECONDS));
  }

  /** How long each side runs first, so that it is not the JIT compilers that are measured. */
  public Duration warmUp() {
    return Duration.ofSeconds(settings.get(BenchKeys.WARM_UP));
  }

  /** The words of a setting that holds flags. */
  public List<String> words(Key<String> key) {
    return settings.find(key).map(text -> List.of(text.strip().split("\\s+"))).orElse(List.of());
  }

  /**
   * The whole numbers of a setting.
   *
   * @throws ConfigurationException if there is none, or one is below the least or above the most
   */
  public List<Integer> numbers(Key<List<String>> key, int least, int most) {
    return numbers(key, settings.get(key), least, most);
  }

  static List<Integer> numbers(Key<List<String>> key, List<String> words, int least, int most) {
    List<Integer> numbers;
    try {
      numbers = words.stream().map(Integer::valueOf).distinct().toList();
    } catch (NumberFormatException unreadable) {
      throw new ConfigurationException(
          "%s takes whole numbers, as in %s".formatted(key.flag(), key.defaultText().orElse("1,2")),
          unreadable);
    }
    if (numbers.isEmpty() || numbers.stream().anyMatch(each -> each < least || each > most)) {
      throw new ConfigurationException(
          "%s takes whole numbers from %d to %d, not '%s'"
              .formatted(key.flag(), least, most, String.join(",", words)));
    }
    return numbers;
  }

  /** Tells the user how far it is. */
  public void say(String line) {
    progress.accept(line);
  }

  Consumer<String> progress() {
    return progress;
  }

  @Override
  public void close() {
    BenchBroker started = broker.started;
    if (started != null) {
      broker.started = null;
      started.close();
    }
  }
}
