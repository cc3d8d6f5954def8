package dev.warren.gateway.aggregate;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Entries that came together and are recorded together, and who waits for that. */
final class Parcel {
  private static final int SIZE_OF_ENTRY = 500;

  /** Is told on the store's writer, once, after the commit or when there will be none. */
  @FunctionalInterface
  interface Waiter {
    /**
     * Is told.
     *
     * @param failure why it is not recorded; null if it is
     */
    void done(@Nullable Throwable failure);
  }

  private final List<Entry> entries;
  private final byte @Nullable [] body;
  private final @Nullable String unreadable;
  private final Waiter waiter;

  private Parcel(
      List<Entry> entries, byte @Nullable [] body, @Nullable String unreadable, Waiter waiter) {
    this.entries = List.copyOf(entries);
    this.body = body;
    this.unreadable = unreadable;
    this.waiter = waiter;
  }

  /** Of this process. */
  static Parcel of(Entry entry, Waiter waiter) {
    return new Parcel(List.of(entry), null, null, waiter);
  }

  /** Of an event message. What cannot be read in it is kept as it came. */
  static Parcel read(byte[] body, Waiter waiter) {
    EventEntries.Reading reading;
    try {
      reading = EventEntries.read(body);
    } catch (RuntimeException unexpected) {
      // Thrown on, it would bring the message back for ever.
      reading = new EventEntries.Reading(List.of(), "it cannot be read: " + unexpected);
    }
    return new Parcel(reading.entries(), body, reading.unreadable(), waiter);
  }

  /** The same with nothing recorded of it but the message itself, as the store refuses it. */
  Parcel refused(String why) {
    return new Parcel(List.of(), body, why, waiter);
  }

  List<Entry> entries() {
    return entries;
  }

  /** The message it came in; empty if it comes from this process. */
  Optional<byte[]> body() {
    return Optional.ofNullable(body);
  }

  /** Why something in the message cannot be read. */
  Optional<String> unreadable() {
    return Optional.ofNullable(unreadable);
  }

  /** About what it takes in memory. */
  int size() {
    return body == null ? SIZE_OF_ENTRY : body.length;
  }

  void recorded() {
    waiter.done(null);
  }

  void failed(Throwable why) {
    waiter.done(why);
  }
}
