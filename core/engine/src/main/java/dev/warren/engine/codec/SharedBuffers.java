package dev.warren.engine.codec;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The parser's and the generator's buffers, a few for all threads: a virtual thread may live for
 * one task and would make its own anew, and one list for all would be waited for. A thread takes
 * the buffers of its place, or makes new ones while another has them.
 */
final class SharedBuffers implements RecyclerPool<BufferRecycler> {
  private static final long serialVersionUID = 1L;

  private static final int PLACES = 16;

  /** Not written: pools of a factory that is read again begin empty. */
  private final transient AtomicReferenceArray<BufferRecycler> places =
      new AtomicReferenceArray<>(PLACES);

  @Override
  public BufferRecycler acquirePooled() {
    BufferRecycler free = places.getAndSet(place(), null);
    return free == null ? new BufferRecycler() : free;
  }

  @Override
  public void releasePooled(BufferRecycler pooled) {
    places.setRelease(place(), pooled);
  }

  private Object readResolve() {
    return new SharedBuffers();
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & (PLACES - 1);
  }
}
