package dev.warren.engine.registry;

import dev.warren.engine.configuration.NearNames;
import dev.warren.engine.connection.Connections;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The types of a fleet as a client knows them: from a small file of the last read, so that sending
 * needs no read, and from the registry when a name is not in it. Safe for concurrent use.
 */
public final class TypeCatalog {
  /** The longest a lookup of an unknown name reads the registry. */
  public static final Duration DEFAULT_READ_LIMIT = Duration.ofSeconds(5);

  /** Workers announce daily; a queue that was left out so long has no worker for the type now. */
  private static final Duration STALE_AFTER = Duration.ofDays(3);

  private final Function<Duration, List<TypeAnnouncement>> reader;
  private final TypeCache cache;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private @Nullable Map<String, TypeAnnouncement> types;
  private List<TypeAnnouncement> everyQueue = List.of();
  private boolean fresh;

  /**
   * A catalog of the broker that the connections lead to.
   *
   * @param cacheFolder made when first written; one file per broker and virtual host.
   */
  public TypeCatalog(Connections connections, Path cacheFolder) {
    this(
        new RegistryReader(connections)::readEveryQueue,
        TypeCache.in(cacheFolder, connections.settings().uri()));
  }

  TypeCatalog(Function<Duration, List<TypeAnnouncement>> reader, TypeCache cache) {
    this.reader = Objects.requireNonNull(reader, "reader");
    this.cache = Objects.requireNonNull(cache, "cache");
  }

  /**
   * What is known of a type. An unknown name is looked up in the registry, once per catalog: call
   * {@link #refresh} to look again.
   */
  public Optional<TypeAnnouncement> find(String type) {
    lock.lock();
    try {
      TypeAnnouncement known = current().get(type);
      if (known == null && !fresh) {
        known = readAgain(DEFAULT_READ_LIMIT).get(type);
      }
      return Optional.ofNullable(known);
    } finally {
      lock.unlock();
    }
  }

  /** Like {@link #find}, but never asks the broker. */
  public Optional<TypeAnnouncement> cached(String type) {
    lock.lock();
    try {
      return Optional.ofNullable(current().get(type));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The queues for which a type has been announced lately, as far as is known here: several, where
   * workers of several queues run it. Never asks the broker.
   */
  public Set<String> queues(String type) {
    lock.lock();
    try {
      TypeAnnouncement latest = current().get(type);
      if (latest == null) {
        return Set.of();
      }
      Instant stale = latest.at().minus(STALE_AFTER);
      return everyQueue.stream()
          .filter(each -> each.type().equals(type) && each.at().isAfter(stale))
          .map(TypeAnnouncement::queue)
          .collect(Collectors.toUnmodifiableSet());
    } finally {
      lock.unlock();
    }
  }

  /** Reads the registry: all types, sorted by name. */
  public List<TypeAnnouncement> refresh(Duration limit) {
    lock.lock();
    try {
      return List.copyOf(readAgain(limit).values());
    } finally {
      lock.unlock();
    }
  }

  /** Reads the registry: all queues for which a type was announced within its retention. */
  public Set<String> refreshQueues(Duration limit) {
    lock.lock();
    try {
      Map<String, TypeAnnouncement> unused = readAgain(limit);
      return everyQueue.stream()
          .map(TypeAnnouncement::queue)
          .collect(Collectors.toUnmodifiableSet());
    } finally {
      lock.unlock();
    }
  }

  /** All types known now, sorted by name; reads the registry if there is no cache. */
  public List<TypeAnnouncement> all() {
    lock.lock();
    try {
      Map<String, TypeAnnouncement> known = current();
      return List.copyOf(
          (known.isEmpty() && !fresh ? readAgain(DEFAULT_READ_LIMIT) : known).values());
    } finally {
      lock.unlock();
    }
  }

  /** The known type whose name is nearest, for "did you mean". Does not ask the broker. */
  public Optional<String> nearest(String name) {
    lock.lock();
    try {
      return NearNames.nearest(name, new ArrayList<>(current().keySet()));
    } finally {
      lock.unlock();
    }
  }

  private Map<String, TypeAnnouncement> current() {
    Map<String, TypeAnnouncement> known = types;
    return known == null ? know(cache.load()) : known;
  }

  private Map<String, TypeAnnouncement> readAgain(Duration limit) {
    List<TypeAnnouncement> read = reader.apply(limit);
    Map<String, TypeAnnouncement> known = know(read);
    fresh = true;
    cache.save(read);
    return known;
  }

  private Map<String, TypeAnnouncement> know(List<TypeAnnouncement> announcements) {
    Map<String, TypeAnnouncement> known = RegistryReader.latestOfEach(announcements);
    types = known;
    everyQueue = List.copyOf(announcements);
    return known;
  }
}
