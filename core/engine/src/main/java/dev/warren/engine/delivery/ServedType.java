package dev.warren.engine.delivery;

import dev.warren.api.ConfigurationException;
import dev.warren.api.Lane;
import dev.warren.engine.advice.Evidence;
import dev.warren.engine.advice.LaneRules;
import dev.warren.engine.advice.TypeMeasure;
import dev.warren.engine.advice.TypeReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A type that this process runs: its registration, what is known of its attempts, and the lane that
 * it runs in, which follows from that where the registration leaves it open. Safe for concurrent
 * use.
 */
final class ServedType {
  private static final Logger LOG = LoggerFactory.getLogger(ServedType.class);

  /**
   * What a type may run in that is registered without a lane; the first one until more is known.
   */
  private static final List<Lane> CHOICE = List.of(Lane.VIRTUAL, Lane.THREADS);

  private final Registration<?, ?> registration;
  private final Map<Lane, LaneExecutor> lanes;
  private final TypeMeasure measure = new TypeMeasure();
  private final AtomicReference<Isolation.Place> place;

  /** It belongs elsewhere, where there is no place yet. */
  private volatile boolean waitsForPlace;

  /**
   * @param lanes of this process
   * @throws ConfigurationException if none of them can run it
   */
  ServedType(Registration<?, ?> registration, Map<Lane, LaneExecutor> lanes) {
    this.registration = registration;
    this.lanes = Map.copyOf(lanes);
    this.place = new AtomicReference<>(here(possible(registration, lanes).getFirst()));
  }

  /**
   * The lanes in which a type may run.
   *
   * @throws ConfigurationException if there is none
   */
  static List<LaneExecutor> possible(
      Registration<?, ?> registration, Map<Lane, LaneExecutor> lanes) {
    Stream<Lane> wanted =
        registration.lane() == Lane.AUTO ? CHOICE.stream() : Stream.of(registration.lane());
    List<LaneExecutor> found = wanted.filter(lanes::containsKey).map(lanes::get).toList();
    if (found.isEmpty()) {
      throw new ConfigurationException(
          "task type '%s' asks for the lane '%s', which this process does not have"
              .formatted(registration.type().name(), registration.lane().word()));
    }
    return found;
  }

  Registration<?, ?> registration() {
    return registration;
  }

  private Isolation.Place here(LaneExecutor lane) {
    return new Isolation.Place(registration, lane);
  }

  /** Where its attempts run now, and how. */
  Isolation.Place place() {
    if (waitsForPlace) {
      choose();
    }
    return place.get();
  }

  /** Where its attempts run now. */
  LaneExecutor lane() {
    return place.get().lane();
  }

  TypeMeasure measure() {
    return measure;
  }

  /** Whether the worker chooses its lane. */
  boolean chooses() {
    return registration.lane() == Lane.AUTO;
  }

  /**
   * An attempt was told to stop, and still holds its thread after its grace.
   *
   * @param measured whether that was a platform thread instead of a virtual one, which might have
   *     obeyed: then no further attempt gets one
   */
  void stuck(boolean measured) {
    if (measured) {
      measure.refuse();
    } else {
      measure.stuck();
      choose();
    }
  }

  /** A worker ended without a word while it ran a task of this type with nothing beside it. */
  void crashed() {
    measure.crashed();
    choose();
  }

  /** More is known: looks whether another lane suits it better. */
  void choose() {
    if (!chooses()) {
      return;
    }
    Isolation.Place now = place.get();
    LaneRules.Choice choice = LaneRules.choose(measure.evidence(), Lane.AUTO, now.lane().lane());
    if (choice.lane() == now.lane().lane()) {
      return;
    }
    Optional<Isolation.Place> better = place(choice.lane());
    waitsForPlace = better.isEmpty() && choice.lane() == Lane.PROCESS;
    if (better.isPresent() && place.compareAndSet(now, better.get())) {
      LOG.info(
          "tasks of type {} run in lane {} from now on, not in {}: {}",
          registration.type().name(),
          choice.lane().word(),
          now.lane().lane().word(),
          choice.why());
    }
  }

  private Optional<Isolation.Place> place(Lane wanted) {
    return wanted == Lane.PROCESS
        ? registration.apart().get()
        : Optional.ofNullable(lanes.get(wanted)).map(this::here);
  }

  /** What is known of it, and what follows. */
  TypeReport report(int cores) {
    LaneExecutor now = lane();
    Evidence evidence = measure.evidence();
    return TypeReport.of(
        registration.type().name(),
        registration.lane(),
        now.lane(),
        now.concurrency(),
        evidence,
        cores);
  }
}
