package dev.warren.engine.advice;

import dev.warren.api.Lane;
import java.util.Objects;

/**
 * What suits a type.
 *
 * @param lane where it should run
 * @param concurrency how many should run at once in a process
 * @param why both, for people
 */
public record Advice(Lane lane, int concurrency, String why) {
  public Advice {
    Objects.requireNonNull(lane, "lane");
    Objects.requireNonNull(why, "why");
  }
}
