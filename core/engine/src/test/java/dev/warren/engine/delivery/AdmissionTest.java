package dev.warren.engine.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.Failure;
import dev.warren.api.Lane;
import dev.warren.api.TaskId;
import dev.warren.api.TaskType;
import dev.warren.api.Verdict;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskRetrying;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attempts wait, go away and go on as whoever admits them says. */
@RabbitMq
class AdmissionTest {
  private static final AtomicInteger QUEUES = new AtomicInteger();

  record Word(String text) {}

  private final VirtualHost host;

  /** Of each test its own: one leaves a task behind. */
  private final String queue = "admission" + QUEUES.incrementAndGet();

  private final Scripted scripted = new Scripted();
  private final Queue<String> ran = new ConcurrentLinkedQueue<>();

  /** Keeps a body that holds; an interrupt ends it as well. */
  private final CountDownLatch held = new CountDownLatch(1);

  private EngineFixture fixture;
  private DeliveryEngine engine;

  AdmissionTest(VirtualHost host) {
    this.host = host;
  }

  @BeforeEach
  void open() throws Exception {
    fixture = new EngineFixture(host);
    fixture.queue(queue, "word.run", "word.free");
    engine =
        fixture.started(
            fixture
                .engine(queue)
                .admission(scripted)
                .register(words("word.run"))
                .register(words("word.free")));
  }

  @AfterEach
  void close() throws Exception {
    held.countDown();
    fixture.close();
  }

  private Registration<Word, String> words(String name) {
    return Registration.blocking(
        TaskType.of(name, Word.class, String.class).with(of -> of.withQueue(queue)),
        Lane.VIRTUAL,
        (word, context) -> {
          ran.add(word.text());
          if (word.text().startsWith("hold") && Collections.frequency(ran, word.text()) == 1) {
            held.await();
          }
          return Verdict.done(word.text());
        });
  }

  private TaskId send(String type, String text) {
    return fixture.send(queue, type, "{\"text\":\"" + text + "\"}");
  }

  @Test
  void anAttemptThatWaitsRunsWhenItIsLetInAndIsToldOfWhenOver() {
    send("word.run", "wait");
    send("word.free", "free");
    await().until(() -> fixture.outcomes.size() == 1);
    assertThat(ran).as("a type that the admission does not concern").containsExactly("free");
    await().until(() -> scripted.waiting.containsKey("wait"));
    assertThat(engine.state().waiting()).isEqualTo(1);
    assertThat(scripted.over).isEmpty();

    scripted.waiting("wait").enter();

    await().until(() -> fixture.outcomes.size() == 2);
    assertThat(ran).containsExactly("free", "wait");
    assertThat(scripted.over).containsExactly("wait");
    await().until(() -> engine.state().waiting() == 0);
  }

  @Test
  void anAttemptThatGoesAwayComesAgainWithTheSameNumber() {
    TaskId task = send("word.run", "away");
    await().until(() -> fixture.outcomes.size() == 1);
    assertThat(fixture.outcomes.peek())
        .returns(task, OutcomeEvent::task)
        .returns(1, OutcomeEvent::attempt);
    assertThat(scripted.asked).containsExactly("away", "away");
    assertThat(scripted.over).as("over each time").containsExactly("away", "away");
    assertThat(fixture.retrying)
        .singleElement()
        .returns(TaskRetrying.Reason.PARKED, TaskRetrying::reason)
        .returns(Failure.of("Test", "no room"), TaskRetrying::failure);
  }

  @Test
  void anAttemptThatWaitsIsSentAwayLaterOrGivenBackByADrain() throws Exception {
    send("word.run", "wait");
    send("word.run", "wait-longer");
    await().until(() -> scripted.waiting.size() == 2);
    Admission.Candidate first = scripted.waiting("wait");

    assertThat(first.goAway(Scripted.away(first))).isTrue();
    assertThat(first.goAway(Scripted.away(first))).as("it is gone").isFalse();
    DrainReport drained = engine.drain(Duration.ofSeconds(20));

    assertThat(drained.returned()).isEqualTo(1);
    assertThat(scripted.over).containsExactlyInAnyOrder("wait", "wait-longer");
    scripted.waiting("wait-longer").enter();
    assertThat(ran).as("what has gone back does not run here").isEmpty();
  }

  @Test
  void anAttemptThatMayNotRunAnyMoreIsToldToStopAndItsTaskComesAgainWithTheSameNumber() {
    TaskId task = send("word.run", "hold");
    await().until(() -> scripted.waiting.containsKey("hold"));
    Admission.Candidate candidate = scripted.waiting("hold");
    candidate.whenGone(() -> scripted.over.add("gone"));
    candidate.enter();
    await().until(() -> ran.contains("hold"));

    candidate.takeBack(Scripted.away(candidate));
    candidate.takeBack(Scripted.away(candidate));

    await().until(() -> fixture.outcomes.size() == 1);
    assertThat(fixture.outcomes.peek())
        .returns(task, OutcomeEvent::task)
        .returns(1, OutcomeEvent::attempt);
    assertThat(ran).containsExactly("hold", "hold");
    assertThat(scripted.over).startsWith("hold", "gone");
  }

  @Test
  void whatHasEndedCannotBeTakenBack() {
    send("word.run", "hold-on");
    await().until(() -> scripted.waiting.containsKey("hold-on"));
    Admission.Candidate candidate = scripted.waiting("hold-on");
    candidate.enter();
    await().until(() -> ran.contains("hold-on"));
    held.countDown();
    await().until(() -> fixture.outcomes.size() == 1);

    candidate.takeBack(Scripted.away(candidate));

    assertThat(ran).as("it had ended already").containsExactly("hold-on");
    assertThat(fixture.retrying).isEmpty();
  }

  @Test
  void aDeliveryThatCannotBeTakenComesAgainSoonAndTheQueueIsConsumed() {
    TaskId task = send("word.run", "throw");

    await()
        .atMost(Connections.CHANNEL_ANSWER_LIMIT.dividedBy(3))
        .until(() -> fixture.outcomes.size() == 1);
    assertThat(fixture.outcomes.peek())
        .returns(task, OutcomeEvent::task)
        .returns(1, OutcomeEvent::attempt);
    assertThat(scripted.asked).containsExactly("throw", "throw");
    assertThat(ran).containsExactly("throw");
    send("word.free", "free");
    await().until(() -> fixture.outcomes.size() == 2);
  }

  /** Answers by the task's word; the second time it lets everything in. */
  private static final class Scripted implements Admission {
    final Map<String, Candidate> waiting = new ConcurrentHashMap<>();
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    final Queue<String> over = new ConcurrentLinkedQueue<>();

    @Override
    public boolean concerns(TaskType<?, ?> type) {
      return type.name().equals("word.run");
    }

    @Override
    public Answer ask(Candidate candidate) {
      String text = candidate.task().arguments().toString();
      String word = List.of(text.split("\"")).get(3);
      boolean again = asked.contains(word);
      asked.add(word);
      candidate.whenOver(() -> over.add(word));
      if (again) {
        return Answer.ENTER;
      }
      if (word.equals("throw")) {
        throw new OutOfMemoryError("unable to create native thread, on purpose");
      }
      if (word.equals("away")) {
        return away(candidate);
      }
      waiting.put(word, candidate);
      return Answer.WAIT;
    }

    Candidate waiting(String word) {
      return Objects.requireNonNull(waiting.get(word), word);
    }

    static Answer.Away away(Candidate candidate) {
      return new Answer.Away(
          candidate.task(), Duration.ofSeconds(1), Failure.of("Test", "no room"));
    }
  }
}
