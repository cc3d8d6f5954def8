package dev.warren.bench.chaos;

import dev.warren.api.TaskId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Attempts that were executed more than once, and why: a fault between the moment when the message
 * of the attempt may first have been published and the start of the duplicate. An attempt that ran
 * twice may have published its retry or its follow-ups twice.
 */
final class Duplicates {
  private final Books books;
  private final Map<TaskId, Submission.Standing> submissions;
  private final Map<Execution.Key, List<Execution>> executions = new HashMap<>();
  private final Map<TaskId, PlannedTask> parents = new HashMap<>();

  Duplicates(Books books, Map<TaskId, Submission.Standing> submissions) {
    this.books = books;
    this.submissions = submissions;
    for (Execution each : books.executions()) {
      executions.computeIfAbsent(each.key(), none -> new ArrayList<>(1)).add(each);
    }
    executions
        .values()
        .forEach(each -> each.sort(Comparator.comparingLong(Execution::startedMillis)));
    for (Submission.Standing submission : books.submissions()) {
      Audit.children(submission.task()).forEach(child -> parents.put(child, submission.task()));
    }
  }

  /**
   * How many executions were duplicates.
   *
   * @param explained by what; more than one reason counts as the first
   * @param unexplained by nothing
   */
  record Count(int all, Map<String, Integer> explained, int unexplained) {
    Count {
      explained = new TreeMap<>(explained);
    }
  }

  Count count(List<String> problems) {
    Map<String, Integer> explained = new TreeMap<>();
    int all = 0;
    int unexplained = 0;
    for (List<Execution> runs : executions.values()) {
      for (int i = 1; i < runs.size(); i++) {
        all++;
        Optional<String> why = why(runs.get(i), runs.subList(0, i));
        if (why.isPresent()) {
          explained.merge(why.get(), 1, Integer::sum);
        } else {
          unexplained++;
          problems.add("UNEXPLAINED DUPLICATE: " + runs.get(i) + " after " + runs.subList(0, i));
        }
      }
    }
    return new Count(all, explained, unexplained);
  }

  private Optional<String> why(Execution duplicate, List<Execution> before) {
    Execution.Key key = duplicate.key();
    Submission.Standing submission = submissions.get(key.task());
    if (key.attempt() == 1 && submission != null && submission.undecided() > 0) {
      return Optional.of("sent again by the submitter");
    }
    List<Execution> sources = new ArrayList<>(before);
    long from;
    if (key.attempt() > 1) {
      List<Execution> previous = executions.getOrDefault(key.before(), List.of());
      if (previous.size() > 1) {
        return Optional.of("the attempt before ran twice");
      }
      sources.addAll(previous);
      from = start(previous, duplicate);
    } else if (submission != null) {
      from = submission.firstTriedMillis();
    } else {
      PlannedTask parent = parents.get(key.task());
      List<Execution> ofParent =
          parent == null
              ? List.of()
              : executions.getOrDefault(new Execution.Key(parent.id(), 1, 1), List.of());
      if (ofParent.size() > 1) {
        return Optional.of("the task that submitted it ran twice");
      }
      sources.addAll(ofParent);
      from = start(ofParent, duplicate);
    }
    return books.faults().stream()
        .filter(fault -> fault.touches(from, duplicate.startedMillis()))
        .filter(fault -> reaches(fault, sources))
        // The last one before it is the likeliest.
        .max(Comparator.comparingLong(FaultRecord::beganMillis))
        .map(fault -> fault.plan().kind().word());
  }

  private static long start(List<Execution> executions, Execution otherwise) {
    return executions.isEmpty() ? otherwise.startedMillis() : executions.getFirst().startedMillis();
  }

  private static boolean reaches(FaultRecord fault, List<Execution> sources) {
    return switch (fault.plan().kind().reach()) {
      case NOTHING -> false;
      case PROCESS -> sources.stream().anyMatch(run -> fault.killed().contains(run.process()));
      case CONNECTIONS, PUBLISHERS -> true;
    };
  }
}
