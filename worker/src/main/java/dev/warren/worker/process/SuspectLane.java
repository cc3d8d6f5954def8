package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Json;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.engine.delivery.Isolation;
import dev.warren.engine.delivery.Registration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs suspects of any lane in a child JVM, one after the other. There is none until the first
 * suspect comes, and none a minute after the last. While it cannot be started, suspects run where
 * they would without it. Safe for concurrent use; close it after the engine.
 */
public final class SuspectLane extends ChildLane implements Isolation {
  private static final Logger LOG = LoggerFactory.getLogger(SuspectLane.class);

  private final ProcessSettings settings;
  private final Told.Load load;
  private final Set<String> types;
  private final Map<String, Isolation.Place> places = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock.
  private @Nullable ChildDoor door;
  private @Nullable ChildPool pool;
  private boolean closed;

  /**
   * A lane without a child.
   *
   * @param jars of tasks
   * @param taskSettings what tasks may read
   * @param types which a child JVM knows that loads the jars
   */
  public SuspectLane(
      ProcessSettings settings,
      List<Path> jars,
      Map<String, String> taskSettings,
      Set<String> types) {
    super(1);
    this.settings = settings;
    this.load = Told.Load.of(jars, taskSettings);
    this.types = Set.copyOf(types);
  }

  @Override
  public Optional<Isolation.Place> placeFor(Registration<?, ?> suspect) {
    String type = suspect.type().name();
    if (!types.contains(type)) {
      return Optional.empty();
    }
    Optional<ChildPool> able = opened().filter(one -> one.trouble().isEmpty());
    return able.map(one -> places.computeIfAbsent(type, any -> place(suspect.type(), one)));
  }

  private Isolation.Place place(TaskType<?, ?> type, ChildPool from) {
    TaskType<Json, Json> passedOn = OfferedType.passedOn(type);
    return new Isolation.Place(
        new Registration<>(
            passedOn, Lane.PROCESS, new ProcessBody(type.name(), from, settings.patience())),
        this);
  }

  private Optional<ChildPool> opened() {
    lock.lock();
    try {
      if (pool == null && !closed) {
        ChildDoor made = ChildDoor.open();
        door = made;
        pool = new ChildPool(settings.forSuspects(), settings.jvmForSuspects(load), made);
        pool.start();
      }
      return Optional.ofNullable(pool);
    } catch (ConfigurationException refused) {
      LOG.warn("suspects run in this process: {}", refused.getMessage());
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    super.close();
    lock.lock();
    try {
      closed = true;
      if (pool != null) {
        pool.close();
      }
      if (door != null) {
        door.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
