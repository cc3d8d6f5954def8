package dev.warren.bench;

/**
 * What came of a load.
 *
 * @param submitted tasks handed to the client
 * @param failed those that were refused or did not succeed
 * @param lost those of which nothing was heard
 */
record Tally(Rate rate, long submitted, long failed, long lost) {
  /** From the start to the last completion. */
  double seconds() {
    return rate.total() == 0 ? 0 : rate.count() / rate.total();
  }
}
