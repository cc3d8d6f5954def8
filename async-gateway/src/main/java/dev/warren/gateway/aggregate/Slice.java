package dev.warren.gateway.aggregate;

/** Some bytes of a message, not copied: nobody may change it. */
final class Slice {
  private static final byte[] NOTHING = {};

  private final byte[] before;
  private final byte[] source;
  private final int begin;
  private final int end;

  Slice(byte[] source, int begin, int end) {
    this(NOTHING, source, begin, end);
  }

  /**
   * @param before what comes before them
   */
  Slice(byte[] before, byte[] source, int begin, int end) {
    this.before = before;
    this.source = source;
    this.begin = begin;
    this.end = end;
  }

  static Slice of(byte[] whole) {
    return new Slice(whole, 0, whole.length);
  }

  int size() {
    return before.length + end - begin;
  }

  /** Copies them to that place; returns where they end there. */
  int copyTo(byte[] bytes, int at) {
    System.arraycopy(before, 0, bytes, at, before.length);
    int rest = at + before.length;
    System.arraycopy(source, begin, bytes, rest, end - begin);
    return rest + end - begin;
  }
}
