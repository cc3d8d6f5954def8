package dev.warren.producer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.TaskId;
import dev.warren.api.WarrenException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.delivery.HeldTask;
import dev.warren.engine.wire.Pong;
import dev.warren.producer.FoundTask;
import dev.warren.producer.QueueDepth;
import dev.warren.producer.WarrenClient;
import dev.warren.producer.gateway.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a task has not ended: from what the gateway recorded, from the processes that hold
 * it, from its queue. Each of them may be silent; what could then not be known is said.
 */
final class TaskWhy {
  private static final int LONGEST_PROGRESS = 100;
  private static final Duration FIND_LIMIT = Duration.ofSeconds(1);
  private static final Duration PING_LIMIT = Duration.ofSeconds(2);

  /**
   * What was found out.
   *
   * @param word for programs: {@code running}, {@code queued}, {@code delayed}, …
   * @param lines for people, the most important one first
   * @param unknown what could not be known, and why
   */
  record Answer(TaskId task, String word, List<String> lines, List<String> unknown, int exit) {
    JsonNode json() {
      ObjectNode json = JsonCodec.json().createObjectNode();
      json.put("task", task.toString()).put("why", word);
      ArrayNode told = json.putArray("lines");
      lines.forEach(told::add);
      ArrayNode gaps = json.putArray("unknown");
      unknown.forEach(gaps::add);
      return json;
    }
  }

  private final Cli cli;
  private final TaskId id;
  private final @Nullable String chosenQueue;
  private final Clock clock;
  private final List<String> lines = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private boolean gatewayAsked = true;

  TaskWhy(Cli cli, TaskId id, @Nullable String chosenQueue) {
    this.cli = cli;
    this.id = id;
    this.chosenQueue = chosenQueue;
    this.clock = cli.surroundings().clock();
  }

  Answer ask() {
    Optional<TaskStatus> record = recorded();
    if (record.isPresent() && record.get().state().ended()) {
      return ended(record.get());
    }
    try (WarrenClient client = cli.client(1)) {
      List<FoundTask> found = client.fleet().find(id, FIND_LIMIT);
      if (!found.isEmpty()) {
        return held(found, record);
      }
      return waiting(client, record);
    } catch (WarrenException unreachable) {
      if (record.isEmpty()) {
        throw unreachable;
      }
      unknown.add("the broker was not asked: " + Failures.line(unreachable));
      lines.add("task " + id + " " + TaskTexts.ended(record.get()));
      return answer(record.get().state().word(), ExitCodes.OK);
    }
  }

  private Optional<TaskStatus> recorded() {
    try (GatewayDoor door = cli.gateway()) {
      return door.client().task(id);
    } catch (WarrenException away) {
      gatewayAsked = false;
      unknown.add(
          "it is not known whether the task has ended, is delayed or tried again later: "
              + Failures.line(away));
      return Optional.empty();
    }
  }

  private Answer answer(String word, int exit) {
    return new Answer(id, word, List.copyOf(lines), List.copyOf(unknown), exit);
  }

  private Answer ended(TaskStatus task) {
    lines.add(
        "task "
            + id
            + " ("
            + task.type()
            + ") "
            + TaskTexts.ended(task)
            + (task.endedAt() == null ? "" : ", at " + TaskTexts.time(task.endedAt()))
            + (task.worker().isEmpty() ? "" : " on " + task.worker()));
    return answer(task.state().word(), ExitCodes.OK);
  }

  private Answer held(List<FoundTask> found, Optional<TaskStatus> record) {
    boolean running = false;
    // Who holds it knows better than anybody that it has not ended.
    unknown.clear();
    for (FoundTask each : found) {
      HeldTask held = each.held();
      boolean runs = held.state() == HeldTask.State.RUNNING;
      running = running || runs;
      lines.add(
          "task "
              + id
              + " ("
              + held.type()
              + ") "
              + (runs
                  ? "is running on " + each.process()
                  : "is held by " + each.process() + ", which waits for a slot")
              + " in lane "
              + held.lane()
              + " since "
              + TaskTexts.time(held.since())
              + " ("
              + DurationText.of(Duration.between(held.since(), clock.instant()))
              + "), attempt "
              + held.attempt()
              + progress(held));
    }
    record.ifPresent(this::lastFailure);
    return answer(running ? "running" : "held", ExitCodes.OK);
  }

  /** What it has said of its progress; nothing if it has not. */
  private String progress(HeldTask held) {
    if (held.progress() == null) {
      return "";
    }
    String message = held.progress().message();
    return String.format(
        Locale.ROOT,
        ": %.0f %%%s, %s ago",
        held.progress().fraction() * 100,
        message.isEmpty() ? "" : " " + OneLine.of(message, LONGEST_PROGRESS),
        DurationText.of(Duration.between(held.progress().at(), clock.instant())));
  }

  private void lastFailure(TaskStatus task) {
    if (task.failure() != null) {
      lines.add("attempt " + task.attempt() + " failed: " + TaskTexts.failure(task.failure()));
    }
  }

  private Answer waiting(WarrenClient client, Optional<TaskStatus> record) {
    Instant now = clock.instant();
    boolean retries =
        record.map(TaskStatus::state).filter(TaskStatus.State.RETRYING::equals).isPresent();
    if (record.isPresent()) {
      Instant due = record.get().dueAt();
      if (due != null && due.isAfter(now)) {
        return later(record.get(), retries, due, now);
      }
      record.filter(task -> retries).ifPresent(this::lastFailure);
    }
    Optional<String> queue =
        Optional.ofNullable(chosenQueue).or(() -> record.map(TaskStatus::queue));
    if (queue.isEmpty() || queue.get().isEmpty()) {
      return unheardOf();
    }
    return queued(client, queue.get(), record);
  }

  private Answer later(TaskStatus task, boolean retries, Instant due, Instant now) {
    String when = TaskTexts.time(due) + " (in " + DurationText.of(Duration.between(now, due)) + ")";
    lines.add(
        "task "
            + id
            + " ("
            + task.type()
            + ") "
            + (retries
                ? "is tried again: attempt " + (task.attempt() + 1) + " is due at " + when
                : "is delayed until " + when));
    lastFailure(task);
    return answer(retries ? "retrying" : "delayed", ExitCodes.OK);
  }

  private Answer unheardOf() {
    unknown.addFirst(
        "no process holds task "
            + id
            + (gatewayAsked
                ? ", and the gateway has heard nothing of it: it waits in a queue, or never was"
                    + " ('--queue NAME' looks at its queue)"
                : " ('--queue NAME' looks at its queue)"));
    return answer("unknown", gatewayAsked ? ExitCodes.REFUSED : ExitCodes.NEEDS_GATEWAY);
  }

  private Answer queued(WarrenClient client, String queue, Optional<TaskStatus> record) {
    QueueDepth depth = client.fleet().queues(List.of(queue)).getFirst();
    if (depth.state() != QueueDepth.State.THERE) {
      unknown.add(
          depth.state() == QueueDepth.State.MISSING
              ? "there is no queue '" + queue + "'"
              : "this user may not ask for queue '" + queue + "'");
      return answer("unknown", ExitCodes.REFUSED);
    }
    boolean sure = record.isPresent();
    String subject = "task " + id + (sure ? " waits" : ", if it exists, waits");
    String ready =
        Progress.number(depth.ready()) + (depth.ready() == 1 ? " task is" : " tasks are");
    if (depth.consumers() == 0) {
      List<Pong> answers = client.fleet().ping(PING_LIMIT);
      String paused = Pauses.of(answers).get(queue);
      if (paused != null) {
        lines.add(
            "%s in queue '%s', which is paused %s; %s ready there ('warren queue resume %s' ends that)"
                .formatted(subject, queue, paused, ready, queue));
        return answer("paused", exit(sure));
      }
      lines.add(
          subject
              + " in queue '"
              + queue
              + "', which no worker serves; "
              + ready
              + " ready there ('warren up' or 'warren worker' starts one)");
      notServing(answers, queue);
      return answer("no-worker", exit(sure));
    }
    lines.add(
        subject
            + " in queue '"
            + queue
            + "', where "
            + ready
            + " ready and "
            + Progress.number(depth.consumers())
            + (depth.consumers() == 1 ? " worker takes them" : " workers take them"));
    if (depth.ready() == 0) {
      lines.add("the queue is empty: the task was just taken, or it waits in the delay ladder");
    }
    return answer("queued", exit(sure));
  }

  /** Who could serve the queue and does not. */
  private void notServing(List<Pong> answers, String queue) {
    if (answers.isEmpty()) {
      lines.add("no worker answers at all");
    }
    for (Pong pong : answers) {
      for (JsonNode consumer : pong.about().path("consumers")) {
        if (consumer.path("queue").asText().equals(queue)
            && !consumer.path("consuming").asBoolean(true)) {
          String detail = consumer.path("detail").asText();
          lines.add(
              pong.process()
                  + " serves it but takes nothing now"
                  + (detail.isEmpty() ? "" : ": " + detail));
        }
      }
    }
  }

  /** Where a task may be is no answer where it is. */
  private int exit(boolean sure) {
    return sure ? ExitCodes.OK : gatewayAsked ? ExitCodes.REFUSED : ExitCodes.NEEDS_GATEWAY;
  }
}
