package dev.warren.bench;

import java.util.Arrays;

/**
 * Several figures of the same thing.
 *
 * @param median 0 where there are none
 */
public record Figures(double median, double least, double most) {
  public static Figures of(double... figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return new Figures(0, 0, 0);
    }
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Figures(median, sorted[0], sorted[sorted.length - 1]);
  }
}
