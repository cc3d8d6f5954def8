package dev.warren.bench.chaos;

import dev.warren.producer.gateway.BatchStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that was written down about a run, when it is over.
 *
 * @param outcomes as events told them
 * @param records as the gateway recorded them; each end as often as it was recorded
 * @param batches as the gateway tells of them; empty if it does not know one
 */
record Books(
    List<Submission.Standing> submissions,
    List<Execution> executions,
    Map<OutcomeBook.Key, List<OutcomeBook.Told>> outcomes,
    Map<OutcomeBook.Key, Set<RecordBook.Recorded>> records,
    Map<String, Optional<BatchStatus>> batches,
    Letters letters,
    List<FaultRecord> faults) {
  Books {
    submissions = List.copyOf(submissions);
    executions = List.copyOf(executions);
    outcomes = Map.copyOf(outcomes);
    records = Map.copyOf(records);
    batches = Map.copyOf(batches);
    faults = List.copyOf(faults);
  }
}
