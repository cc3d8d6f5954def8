package dev.warren.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TaskIdTest {
  @Test
  void newIdsAreVersionSevenAndSortByTime() {
    List<TaskId> ids = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      ids.add(TaskId.next());
    }

    assertThat(ids).isSorted().doesNotHaveDuplicates();
    assertThat(ids).allSatisfy(id -> assertThat(id.value().version()).isEqualTo(7));
    assertThat(ids).allSatisfy(id -> assertThat(id.value().variant()).isEqualTo(2));
  }

  @Test
  void theTimeOfAnIdIsTheClocks() {
    long before = System.currentTimeMillis();
    long millis = TaskId.next().value().getMostSignificantBits() >>> 16;

    // A burst of earlier ids may have borrowed some milliseconds from the future.
    assertThat(millis).isBetween(before, System.currentTimeMillis() + 1_000);
  }

  @Test
  void idsOfManyThreadsAreUnique() {
    Set<TaskId> ids = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < 20; thread++) {
        threads.execute(
            () -> {
              for (int i = 0; i < 5_000; i++) {
                ids.add(TaskId.next());
              }
            });
      }
    }

    assertThat(ids).hasSize(100_000);
  }

  @Test
  void aDerivedIdIsTheSameForTheSameStepAndAnotherForAnyOther() {
    TaskId parent = TaskId.of("0198c0de-0000-7000-8000-000000000001");

    assertThat(TaskId.derived(parent, 1, "submit/1"))
        .isEqualTo(TaskId.derived(parent, 1, "submit/1"));
    assertThat(TaskId.derived(parent, 1, "submit/1").value().version()).isEqualTo(5);
    assertThat(
            Set.of(
                TaskId.derived(parent, 1, "submit/1"),
                TaskId.derived(parent, 1, "submit/2"),
                TaskId.derived(parent, 2, "submit/1"),
                TaskId.derived(TaskId.next(), 1, "submit/1")))
        .hasSize(4);
  }

  @Test
  void derivedIdsFollowTheStandard() {
    // RFC 9562, appendix A.4: UUIDv5 of "www.example.com" in the DNS name space.
    TaskId dns = TaskId.of("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    assertThat(UuidFive.of(dns.value(), "www.example.com"))
        .hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  }

  @Test
  void whatIsNoIdIsRefusedWithTheText() {
    assertThatThrownBy(() -> TaskId.of("forty-two"))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("'forty-two' is not a task id");
    assertThatThrownBy(() -> TaskId.of("1-1-1-1-1")).isInstanceOf(CodecException.class);
  }
}
