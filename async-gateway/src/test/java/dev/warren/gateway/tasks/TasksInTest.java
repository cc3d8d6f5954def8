package dev.warren.gateway.tasks;

import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.delivery.Registration;
import dev.warren.gateway.lane.AsyncTasks;
import dev.warren.gateway.lane.AttemptInTest;
import dev.warren.gateway.lane.EventLoopLane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The built-in tasks on a lane, with names that only they can resolve. */
final class TasksInTest implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final EventLoopLane lane = new EventLoopLane(vertx, 5_000, 2);

  /** What names resolve to; each look-up takes the first of several answers away. */
  final Map<String, List<List<String>>> names = new ConcurrentHashMap<>();

  private final AsyncTasks tasks;

  TasksInTest(Map<String, String> settings) {
    tasks = new AsyncTasks(vertx, settings);
    BuiltInAsyncTasks.register(tasks, this::lookup);
  }

  void name(String name, String... addresses) {
    names.put(name, List.of(Arrays.asList(addresses)));
  }

  private Future<List<InetAddress>> lookup(String host) {
    List<List<String>> answers = names.get(host);
    if (answers == null) {
      try {
        return Future.succeededFuture(List.of(InetAddress.ofLiteral(host)));
      } catch (IllegalArgumentException noLiteral) {
        return Future.failedFuture("no such name in this test");
      }
    }
    if (answers.size() > 1) {
      names.put(host, answers.subList(1, answers.size()));
    }
    return Future.succeededFuture(answers.getFirst().stream().map(InetAddress::ofLiteral).toList());
  }

  /** Starts an attempt. */
  @SuppressWarnings("unchecked")
  <A, R> AttemptInTest<A, R> start(TaskType<A, R> type, A arguments) {
    Registration<A, R> registration =
        (Registration<A, R>)
            tasks.registrations().stream()
                .filter(one -> one.type().name().equals(type.name()))
                .findFirst()
                .orElseThrow();
    AttemptInTest<A, R> attempt = new AttemptInTest<>(registration, arguments);
    lane.execute(attempt);
    return attempt;
  }

  /** Runs an attempt to its verdict, or throws what it failed with. */
  <A, R> Verdict<R> run(TaskType<A, R> type, A arguments) throws Exception {
    try {
      return start(type, arguments).verdict().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw failed;
    }
  }

  /** Runs an attempt that succeeds. */
  <A, R> R done(TaskType<A, R> type, A arguments) throws Exception {
    if (run(type, arguments) instanceof Verdict.Done<R>(R result)) {
      return result;
    }
    throw new AssertionError("not done: " + run(type, arguments));
  }

  @Override
  public void close() {
    lane.close();
    vertx.close().await();
  }
}
