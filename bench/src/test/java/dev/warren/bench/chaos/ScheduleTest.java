package dev.warren.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.ConfigurationException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Duration LENGTH = Duration.ofSeconds(200);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  @Test
  void oneSeedGivesOneSchedule() {
    assertThat(Schedule.of(7, wish(20, List.of(), false)))
        .isEqualTo(Schedule.of(7, wish(20, List.of(), false)))
        .isNotEqualTo(Schedule.of(8, wish(20, List.of(), false)));
  }

  @Test
  void everyKindThatFitsComesBeforeOneComesAgain() {
    List<FaultKind> ofNode = kinds(Schedule.of(3, wish(24, List.of(), false)));
    assertThat(Set.copyOf(ofNode.subList(0, 12)))
        .isEqualTo(EnumSet.complementOf(EnumSet.of(FaultKind.STOP_LEADER, FaultKind.KILL_LEADER)));
    assertThat(Set.copyOf(ofNode.subList(12, 24))).isEqualTo(Set.copyOf(ofNode.subList(0, 12)));

    assertThat(kinds(Schedule.of(3, wish(12, List.of(), true))))
        .contains(FaultKind.STOP_LEADER, FaultKind.KILL_LEADER)
        .doesNotContain(FaultKind.RESTART_BROKER, FaultKind.KILL_BROKER);
  }

  @Test
  void faultsAreSpreadAndBounded() {
    List<PlannedFault> faults = Schedule.of(5, wish(40, List.of(), false)).faults();

    assertThat(faults).isSortedAccordingTo((one, other) -> one.after().compareTo(other.after()));
    assertThat(faults).allMatch(fault -> fault.after().compareTo(LENGTH) < 0);
    assertThat(faults).allMatch(fault -> fault.lasting().compareTo(LONGEST) <= 0);
    assertThat(faults).allMatch(fault -> fault.lasting().isZero() != fault.kind().lasts());
  }

  @Test
  void onlyChosenKindsCome() {
    assertThat(kinds(Schedule.of(1, wish(9, List.of(FaultKind.CUT, FaultKind.STALL), false))))
        .containsOnly(FaultKind.CUT, FaultKind.STALL);
    assertThatThrownBy(() -> Schedule.of(1, wish(1, List.of(FaultKind.KILL_LEADER), false)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--cluster");
  }

  private static List<FaultKind> kinds(Schedule schedule) {
    return schedule.faults().stream().map(PlannedFault::kind).collect(Collectors.toList());
  }

  private static Schedule.Wish wish(int faults, List<FaultKind> kinds, boolean cluster) {
    return new Schedule.Wish(faults, LENGTH, LONGEST, kinds, cluster);
  }
}
