package dev.warren.worker.process;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Json;
import dev.warren.api.Lane;
import dev.warren.api.TaskType;
import dev.warren.engine.delivery.Isolation;
import dev.warren.engine.delivery.Registration;
import dev.warren.engine.startup.StartupCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts in child processes, at most so many at once; each is waited for on a virtual
 * thread. For the types of task jars the children are JVMs that load the same jars; a command
 * brings types of its own. Register what it answers with, and close it after the engine.
 */
public final class ProcessLane extends ChildLane {
  private final ProcessSettings settings;
  private final Told.Load load;
  private final ChildDoor door = ChildDoor.open();
  private final List<ChildPool> pools = new CopyOnWriteArrayList<>();
  private final Map<String, Isolation.Place> places = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private @Nullable ChildPool jvms;
  private @Nullable StartupCache cache;

  /**
   * A lane without children yet.
   *
   * @param jars of tasks
   * @param taskSettings what tasks may read
   */
  public ProcessLane(ProcessSettings settings, List<Path> jars, Map<String, String> taskSettings) {
    super(settings.processes());
    this.settings = settings;
    this.load = Told.Load.of(jars, taskSettings);
  }

  /** Where no child JVM knows more than the types that are registered for this lane. */
  List<Registration<?, ?>> start(List<Registration<?, ?>> all) {
    return start(all, Set.of());
  }

  /**
   * The registrations of a worker, of which those for this lane are run in children that are JVMs,
   * and those of commands. Starts the children, and waits until each command has said which types
   * it has. Types without a lane may come later; no JVM is started for them before that.
   *
   * @param loadable the types that a child JVM knows, too
   * @throws ConfigurationException if a command cannot be started or offers no types
   */
  public List<Registration<?, ?>> start(List<Registration<?, ?>> all, Set<String> loadable) {
    List<Registration<?, ?>> started = new ArrayList<>(inJvm(all, loadable));
    settings.commands().forEach(command -> started.addAll(serve(command)));
    return List.copyOf(started);
  }

  private List<Registration<?, ?>> inJvm(List<Registration<?, ?>> all, Set<String> loadable) {
    List<Registration<?, ?>> taken = new ArrayList<>();
    for (Registration<?, ?> one : all) {
      if (one.lane() == Lane.PROCESS) {
        taken.add(registration(OfferedType.passedOn(one.type()), jvms()).announcedAs(one.type()));
      } else if (one.lane() == Lane.AUTO && loadable.contains(one.type().name())) {
        taken.add(one.orApart(() -> place(one)));
      } else {
        taken.add(one);
      }
    }
    return List.copyOf(taken);
  }

  /** None until a child is up: an attempt that waited for its start would run out of time. */
  private Optional<Isolation.Place> place(Registration<?, ?> of) {
    ChildPool pool = jvms();
    return pool.hasChildren()
        ? Optional.of(
            places.computeIfAbsent(
                of.type().name(),
                any ->
                    new Isolation.Place(registration(OfferedType.passedOn(of.type()), pool), this)))
        : Optional.empty();
  }

  /** The children that are JVMs; started when they are wanted. */
  private ChildPool jvms() {
    lock.lock();
    try {
      ChildPool started = jvms;
      if (started == null) {
        cache = settings.startupCache();
        started = pool(settings.jvm(cache, load));
        if (cache != null) {
          cache.start();
        }
        started.start();
        jvms = started;
      }
      return started;
    } finally {
      lock.unlock();
    }
  }

  private List<Registration<?, ?>> serve(String command) {
    ChildPool pool = pool(settings.command(command, load));
    List<OfferedType> offered;
    try {
      offered = pool.startFirst();
      pool.start();
    } catch (IOException failed) {
      throw new ConfigurationException(
          "the command '" + command + "' brings no tasks: " + failed.getMessage(), failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ConfigurationException(
          "interrupted while the command '" + command + "' was started", interrupted);
    }
    if (offered.isEmpty()) {
      throw new ConfigurationException("the command '" + command + "' offers no task types");
    }
    return offered.stream().<Registration<?, ?>>map(one -> registration(one.type(), pool)).toList();
  }

  private ChildPool pool(ChildProgram program) {
    ChildPool pool = new ChildPool(settings.pool(), program, door);
    pools.add(pool);
    return pool;
  }

  private Registration<Json, Json> registration(TaskType<Json, Json> type, ChildPool pool) {
    return new Registration<>(
        type, Lane.PROCESS, new ProcessBody(type.name(), pool, settings.patience()));
  }

  @Override
  public Optional<String> trouble() {
    return pools.stream()
        .flatMap(pool -> pool.trouble().stream())
        .findFirst()
        .map("child processes do not come up: "::concat);
  }

  @Override
  public void close() {
    super.close();
    endTraining();
    pools.forEach(ChildPool::close);
    door.close();
  }

  private void endTraining() {
    StartupCache inUse;
    lock.lock();
    try {
      inUse = cache;
    } finally {
      lock.unlock();
    }
    if (inUse != null) {
      inUse.close();
    }
  }
}
