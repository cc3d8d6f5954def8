package dev.warren.bench.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a run has shown, for people and as JSON.
 *
 * @param good whether the promise was kept
 * @param folder where logs and books are kept; null if they are not
 */
record Report(
    long seed,
    String broker,
    int tasks,
    double seconds,
    List<FaultLine> faults,
    Audit.Findings findings,
    boolean good,
    @Nullable String folder) {
  private static final int SHOWN = 40;

  Report {
    faults = List.copyOf(faults);
  }

  /**
   * A fault.
   *
   * @param at seconds since the start of the load
   * @param lasted seconds until its cause was gone
   * @param recovered seconds from there until the fleet worked again; null if that did not come
   */
  record FaultLine(
      int number,
      double at,
      String kind,
      String target,
      double lasted,
      @Nullable Double recovered) {
    boolean ofBroker() {
      return Arrays.stream(FaultKind.values())
          .anyMatch(
              each -> each.word().equals(kind) && each.reach() == FaultKind.Reach.CONNECTIONS);
    }

    static FaultLine of(FaultRecord record, long startMillis) {
      return new FaultLine(
          record.plan().number(),
          (record.beganMillis() - startMillis) / 1e3,
          record.plan().kind().word(),
          record.target(),
          (record.overMillis() - record.beganMillis()) / 1e3,
          record.recovery().map(took -> took.toMillis() / 1e3).orElse(null));
    }
  }

  Report keptIn(String kept) {
    return new Report(seed, broker, tasks, seconds, faults, findings, good, kept);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "seed %d on %s: %d tasks, %d faults, %.0f s%n%n"
            .formatted(seed, broker, tasks, faults.size(), seconds));
    text.append("     at  fault            lasted  recovered  target\n");
    for (FaultLine fault : faults) {
      text.append(
          "%7.1f  %-15s %7.1f  %9s  %s%n"
              .formatted(
                  fault.at(),
                  fault.kind(),
                  fault.lasted(),
                  fault.recovered() == null ? "never" : "%.1f".formatted(fault.recovered()),
                  fault.target()));
    }
    faults.stream()
        .filter(FaultLine::ofBroker)
        .mapToDouble(fault -> Objects.requireNonNullElse(fault.recovered(), Double.NaN))
        .max()
        .ifPresent(
            slowest ->
                text.append(
                    "%nworking again after the broker or the network was back: %.1f s at most%n"
                        .formatted(slowest)));
    Audit.Findings found = findings;
    text.append('\n');
    line(text, "submitted", found.submitted(), "confirmed, follow-ups included");
    line(text, "sent again", found.resent(), "no confirm came in time");
    line(
        text,
        "not confirmed",
        found.unconfirmed(),
        "they had expired before they could be sent again");
    line(text, "succeeded", found.succeeded(), "");
    line(text, "dead", found.dead(), "");
    line(text, "cancelled", found.cancelled(), "");
    line(text, "expired", found.expired(), "");
    line(text, "LOST", found.lost(), "");
    line(text, "not recorded", found.unrecorded(), "");
    line(text, "recorded twice", found.recordedTwice(), "");
    line(text, "wrong outcome", found.wrong(), "");
    line(text, "too early", found.early(), "");
    line(text, "without letter", found.withoutLetter(), "dead, but no dead letter");
    line(text, "batches", found.batches(), "of them wrong: " + found.badBatches());
    line(text, "executions", found.executions(), "");
    line(
        text,
        "duplicates",
        found.duplicateExecutions().all(),
        "explained: "
            + found.duplicateExecutions().explained()
            + ", unexplained: "
            + found.duplicateExecutions().unexplained());
    line(
        text,
        "outcomes twice",
        found.outcomesTwice(),
        "events; the first counts. Of them different: " + found.outcomesThatDiffer());
    if (!found.problems().isEmpty()) {
      text.append('\n');
      found.problems().stream().limit(SHOWN).forEach(each -> text.append(each).append('\n'));
      if (found.problems().size() > SHOWN) {
        text.append("and ").append(found.problems().size() - SHOWN).append(" more\n");
      }
    }
    text.append('\n')
        .append(good ? "GOOD: nothing was lost, and no outcome was recorded twice" : "BAD")
        .append(folder == null ? "" : "; logs and books are in " + folder);
    return text.toString();
  }

  private static void line(StringBuilder text, String name, int count, String remark) {
    text.append("%-16s %8d  %s".formatted(name, count, remark).stripTrailing()).append('\n');
  }
}
