package dev.warren.bench.lane;

import dev.warren.api.Json;
import dev.warren.api.Verdict;
import dev.warren.bench.BenchException;
import dev.warren.engine.delivery.Registration;
import org.jspecify.annotations.Nullable;

/** Keeps the answer of an attempt that has answered when it returns. */
final class BenchAnswer implements Registration.Answer<Json> {
  private @Nullable String result;
  private String failure = "no answer";

  @Override
  public void accept(Verdict<Json> verdict) {
    if (verdict instanceof Verdict.Done<Json>(Json done)) {
      result = done.text();
    } else {
      failure = verdict.toString();
    }
  }

  @Override
  public void failed(Throwable error) {
    failure = error.toString();
  }

  String result() {
    if (result == null) {
      throw new BenchException("an attempt did not succeed: " + failure);
    }
    return result;
  }
}
