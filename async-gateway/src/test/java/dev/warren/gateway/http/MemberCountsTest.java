package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What keeps batches apart. */
class MemberCountsTest {
  private final MemberCounts counts = new MemberCounts();

  @Test
  void whileMembersAreAddedNobodyKnowsHowManyThereAre() {
    counts.opened("b");
    long first = counts.begin("b", OptionalLong.empty());
    assertThatThrownBy(() -> counts.next("b"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("another request is adding members");

    counts.end("b", false, first + 10);

    assertThat(counts.next("b")).hasValue(10);
    counts.begin("b", OptionalLong.of(5));
    assertThatThrownBy(() -> counts.next("b")).isInstanceOf(ProblemException.class);
    counts.end("b", true, 7);
    assertThat(counts.next("b")).hasValue(10);
  }

  @Test
  void anEmptyIdempotencyKeyNamesNothing() {
    assertThatThrownBy(() -> DerivedIds.ofBatchKey(" ")).hasMessageContaining("1 to 200");
    assertThatThrownBy(() -> DerivedIds.ofKey("x".repeat(201))).hasMessageContaining("1 to 200");
    assertThat(DerivedIds.ofKey("k")).isNotEqualTo(DerivedIds.ofBatchKey("k"));
  }

  @Test
  void ofBatchesThatWereUsedLongAgoNothingIsKept() {
    counts.begin("first", OptionalLong.of(0));
    for (int number = 0; number < 10_000; number++) {
      counts.begin("other-" + number, OptionalLong.of(0));
    }

    assertThat(counts.next("first")).isEmpty();
  }
}
