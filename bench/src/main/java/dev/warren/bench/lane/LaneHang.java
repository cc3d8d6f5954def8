package dev.warren.bench.lane;

/** The ways in which a task does not end. */
enum LaneHang {
  /** A read from a server that never answers. */
  READ("waits for an answer that never comes"),
  /** A loop that looks at nothing. */
  LOOP("computes in a loop that never ends");

  private final String title;

  LaneHang(String title) {
    this.title = title;
  }

  /** For people. */
  String title() {
    return title;
  }
}
