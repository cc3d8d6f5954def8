package dev.warren.engine.doctor;

import dev.warren.engine.topology.Difference;
import dev.warren.engine.topology.TopologyNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Sums up what differs between the broker and the description. */
final class TopologyCheck {
  private static final String WHAT = "topology";
  private static final int NAMED = 4;

  private TopologyCheck() {}

  static List<Finding> of(List<Difference> differences, Collection<String> queues) {
    List<Finding> findings = new ArrayList<>();
    for (Difference each : differences) {
      if (each.state() == Difference.State.DIFFERENT) {
        findings.add(
            Finding.error(
                WHAT,
                each.toString(),
                "the broker cannot change it: drain and delete it, then 'warren topology apply'"));
      }
    }
    List<String> missing = objects(differences, each -> each.state() == Difference.State.MISSING);
    if (missing.size() == differences.size()) {
      return List.of(
          Finding.error(
              WHAT, "nothing is declared", "start a worker, or run 'warren topology apply'"));
    }
    missing.removeIf(object -> isUnusedDefault(object, queues));
    if (!missing.isEmpty()) {
      findings.add(
          Finding.error(WHAT, "missing: " + brief(missing), "run 'warren topology apply'"));
    }
    List<String> unknown = objects(differences, each -> each.state() == Difference.State.UNKNOWN);
    if (!unknown.isEmpty()) {
      findings.add(
          Finding.note(
              WHAT,
              "not comparable by this user: " + brief(unknown),
              "run 'warren doctor' as a user who may configure"));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok(WHAT, differences.size() + " exchanges and queues are as described"));
    }
    return findings;
  }

  /** A fleet without a queue named default is complete where no type is announced for it. */
  private static boolean isUnusedDefault(String object, Collection<String> queues) {
    return queues.size() > 1
        && (object.equals("queue " + TopologyNames.work("default"))
            || object.equals("queue " + TopologyNames.dead("default")));
  }

  private static List<String> objects(List<Difference> all, Predicate<Difference> which) {
    List<String> objects = new ArrayList<>();
    all.stream().filter(which).map(Difference::object).forEach(objects::add);
    return objects;
  }

  private static String brief(List<String> names) {
    return names.size() <= NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMED)) + " and " + (names.size() - NAMED) + " more";
  }
}
