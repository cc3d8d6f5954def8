package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.delivery.Acknowledgements.Frame;
import dev.warren.engine.delivery.Acknowledgements.Frame.Acknowledge;
import dev.warren.engine.delivery.Acknowledgements.Frame.GiveBack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {
  private static final long LONGEST_WAIT = Acknowledgements.LONGEST_WAIT.toNanos();

  private final Acknowledgements acknowledgements = new Acknowledgements();

  private void delivered(int count) {
    for (long tag = 1; tag <= count; tag++) {
      acknowledgements.delivered(tag);
    }
  }

  @Test
  void aRunFromTheOldestIsOneFrame() {
    delivered(5);
    acknowledgements.acknowledge(2, 0);
    acknowledgements.acknowledge(1, 0);
    acknowledgements.acknowledge(3, 0);

    assertThat(acknowledgements.take()).containsExactly(new Acknowledge(3, true, 3));
    assertThat(acknowledgements.outstanding()).isEqualTo(2);
    assertThat(acknowledgements.isEmpty()).isTrue();
  }

  @Test
  void whatIsBeyondAnUnsettledDeliveryIsAcknowledgedOnItsOwn() {
    delivered(4);
    acknowledgements.acknowledge(2, 0);
    acknowledgements.acknowledge(4, 0);

    assertThat(acknowledgements.take())
        .containsExactly(new Acknowledge(2, false, 1), new Acknowledge(4, false, 1));
  }

  @Test
  void aRunMayPassWhatIsGivenBackInTheSameBreath() {
    delivered(3);
    acknowledgements.acknowledge(1, 0);
    acknowledgements.acknowledge(3, 0);
    acknowledgements.giveBack(2, true);

    assertThat(acknowledgements.take())
        .containsExactly(new GiveBack(2, true), new Acknowledge(3, true, 2));
  }

  @Test
  void aDeliveryIsSettledOnceAtTheBroker() {
    delivered(1);
    acknowledgements.acknowledge(1, 0);
    assertThat(acknowledgements.take()).hasSize(1);

    acknowledgements.acknowledge(1, 0);
    acknowledgements.giveBack(1, false);

    assertThat(acknowledgements.take()).isEmpty();
  }

  @Test
  void theyWaitForOthersWhileThereIsMoreThanEnoughToDo() {
    delivered(100);
    assertThat(acknowledgements.nanosUntilDue(0)).isEqualTo(Long.MAX_VALUE);

    acknowledgements.acknowledge(7, 1_000);
    acknowledgements.acknowledge(8, 2_000);
    assertThat(acknowledgements.nanosUntilDue(2_000)).isEqualTo(LONGEST_WAIT - 1_000);
    assertThat(acknowledgements.nanosUntilDue(LONGEST_WAIT + 1_000)).isZero();

    assertThat(acknowledgements.take()).hasSize(2);
    assertThat(acknowledgements.nanosUntilDue(LONGEST_WAIT + 1_000)).isEqualTo(Long.MAX_VALUE);
    acknowledgements.acknowledge(9, LONGEST_WAIT + 2_000);
    assertThat(acknowledgements.nanosUntilDue(LONGEST_WAIT + 2_000)).isEqualTo(LONGEST_WAIT);
  }

  @Test
  void aQuarterOfWhatIsHeldWaitsForNobody() {
    delivered(8);
    acknowledgements.acknowledge(5, 0);
    assertThat(acknowledgements.nanosUntilDue(0)).isPositive();

    acknowledgements.acknowledge(3, 0);

    assertThat(acknowledgements.nanosUntilDue(0)).isZero();
  }

  @Test
  void theOnlyDeliveryAndWhatIsGivenBackWaitForNobody() {
    delivered(1);
    acknowledgements.acknowledge(1, 0);
    assertThat(acknowledgements.nanosUntilDue(0)).isZero();
    acknowledgements.take();

    for (long tag = 2; tag <= 100; tag++) {
      acknowledgements.delivered(tag);
    }
    acknowledgements.giveBack(50, false);
    assertThat(acknowledgements.nanosUntilDue(0)).isZero();
  }

  @Test
  void inAnyOrderExactlyWhatWasAcknowledgedIs() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Acknowledgements books = new Acknowledgements();
      List<Long> tags = new ArrayList<>();
      for (long tag = 1; tag <= 50; tag++) {
        books.delivered(tag);
        tags.add(tag);
      }
      Collections.shuffle(tags, random);
      NavigableSet<Long> broker = new TreeSet<>(tags);
      Set<Long> settled = new HashSet<>();
      for (long tag : tags.subList(0, 40)) {
        settled.add(tag);
        books.acknowledge(tag, 0);
        if (random.nextInt(4) == 0) {
          write(books.take(), broker);
        }
      }
      write(books.take(), broker);

      assertThat(broker).as("seed %d", seed).doesNotContainAnyElementsOf(settled).hasSize(10);
    }
  }

  private static void write(List<Frame> frames, NavigableSet<Long> broker) {
    for (Frame frame : frames) {
      Acknowledge acknowledge = (Acknowledge) frame;
      assertThat(broker).contains(acknowledge.tag());
      if (acknowledge.multiple()) {
        broker.headSet(acknowledge.tag(), true).clear();
      } else {
        broker.remove(acknowledge.tag());
      }
    }
  }
}
