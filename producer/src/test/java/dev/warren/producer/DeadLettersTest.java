package dev.warren.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.GetResponse;
import dev.warren.api.AccessDeniedException;
import dev.warren.api.Failure;
import dev.warren.api.Outcome;
import dev.warren.api.SubmitOptions;
import dev.warren.api.TaskRefusedException;
import dev.warren.engine.codec.JsonText;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.engine.connection.Connections;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Grant;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import dev.warren.engine.wire.AttemptState;
import dev.warren.engine.wire.Headers;
import dev.warren.engine.wire.OutcomeEvent;
import dev.warren.engine.wire.TaskMessage;
import dev.warren.engine.wire.TaskReader;
import dev.warren.producer.dead.BoxDepth;
import dev.warren.producer.dead.DeadLetters;
import dev.warren.producer.dead.FoundLetter;
import dev.warren.producer.dead.LetterBox;
import dev.warren.producer.dead.LetterFilter;
import dev.warren.producer.dead.LetterGroup;
import dev.warren.producer.dead.LetterQuery;
import dev.warren.producer.dead.LetterReport;
import dev.warren.producer.dead.ReplayOptions;
import dev.warren.producer.dead.Replayed;
import dev.warren.testkit.Permissions;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RabbitMq
class DeadLettersTest {
  private final VirtualHost host;
  private final Letters letters;
  private @TempDir Path cache = Path.of("");
  private WarrenClient client;
  private DeadLetters dead;

  DeadLettersTest(VirtualHost host) {
    this.host = host;
    this.letters = new Letters(host);
  }

  @BeforeEach
  void connect() {
    client = as(host.uri());
    dead = client.deadLetters();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private WarrenClient as(URI uri) {
    return WarrenClient.builder().broker(uri).typeCache(cache).connect();
  }

  private static LetterQuery of(String queue) {
    return LetterQuery.of(List.of(LetterBox.of(queue)), LetterFilter.ALL);
  }

  private List<FoundLetter> look(LetterQuery query) {
    List<FoundLetter> found = new ArrayList<>();
    LetterReport report = dead.look(query, found::add);
    assertThat(report.broken()).isEmpty();
    assertThat(report.unseen()).isZero();
    return found;
  }

  private TaskMessage waiting(String queue) {
    List<GetResponse> messages = host.peek(TopologyNames.work(queue), 2);
    assertThat(messages).hasSize(1);
    GetResponse message = messages.getFirst();
    return new TaskReader(Clock.systemUTC())
        .read(queue, message.getProps(), message.getBody())
        .getFirst();
  }

  @Test
  void fiftyLooksChangeNothing() throws Exception {
    letters.queue("peeked", "echo");
    List<TaskMessage> tasks = letters.many("peeked", "echo", 120);
    Set<String> ids = new HashSet<>(tasks.stream().map(task -> task.id().toString()).toList());

    for (int look = 0; look < 50; look++) {
      List<FoundLetter> found = look(of("peeked"));
      assertThat(found).hasSize(120);
      assertThat(found).extracting(FoundLetter::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    assertThat(host.readyCount(TopologyNames.dead("peeked"))).isEqualTo(120);
    FoundLetter one = look(of("peeked")).getFirst();
    assertThat(one.letter().failure().type()).isEqualTo("java.io.IOException");
    assertThat(one.letter().task()).map(TaskMessage::arguments).isPresent();
  }

  @Test
  void manyLettersAreSeenOnceEachWithoutBeingHeldInMemory() throws Exception {
    letters.queue("many", "echo");
    letters.many("many", "echo", 5_000);
    Set<String> seen = new HashSet<>();
    LetterReport report = dead.look(of("many"), found -> assertThat(seen.add(found.id())).isTrue());
    assertThat(report.looked()).isEqualTo(5_000);
    assertThat(seen).hasSize(5_000);
    assertThat(host.readyCount(TopologyNames.dead("many"))).isEqualTo(5_000);
  }

  @Test
  void lettersAreChosenByTypeErrorAndTime() throws Exception {
    letters.queue("chosen", "echo");
    Instant now = Instant.now();
    TaskMessage old = Letters.task("chosen", "image.crop", "{}");
    TaskMessage fresh = Letters.task("chosen", "image.thumbnail", "{}");
    letters.dead(old, Failure.of("OutOfMemoryError", "Java heap space"), now.minusSeconds(7200));
    letters.dead(fresh, Failure.of("java.io.IOException", "no ROUTE to host"), now);
    LetterQuery all = of("chosen");

    assertThat(ids(all, LetterFilter.ALL.withType("image.crop"))).containsExactly(id(old));
    assertThat(ids(all, LetterFilter.ALL.withType("image.*")))
        .containsExactlyInAnyOrder(id(old), id(fresh));
    assertThat(ids(all, LetterFilter.ALL.withType("image."))).isEmpty();
    assertThat(ids(all, LetterFilter.ALL.withError("outofmemory"))).containsExactly(id(old));
    assertThat(ids(all, LetterFilter.ALL.withError("No route"))).containsExactly(id(fresh));
    assertThat(ids(all, LetterFilter.ALL.since(now.minusSeconds(60)))).containsExactly(id(fresh));
    assertThat(ids(all, LetterFilter.ALL.before(now.minusSeconds(60)))).containsExactly(id(old));
    assertThat(ids(all, LetterFilter.ids(Set.of(id(fresh))))).containsExactly(id(fresh));
  }

  private List<String> ids(LetterQuery query, LetterFilter filter) {
    return look(LetterQuery.of(query.boxes(), filter)).stream().map(FoundLetter::id).toList();
  }

  private static String id(TaskMessage task) {
    return task.id().toString();
  }

  @Test
  void lettersAreGroupedByWhatTheyDiedOf() throws Exception {
    letters.queue("grouped", "echo");
    letters.many("grouped", "echo", 12);
    letters.dead(
        Letters.task("grouped", "echo", "{}"), Failure.of("Broken", "never"), Instant.now());

    List<LetterGroup> groups = dead.groups(of("grouped"));
    assertThat(groups).hasSize(2);
    LetterGroup largest = groups.getFirst();
    assertThat(largest.letters()).isEqualTo(12);
    assertThat(largest.error()).isEqualTo("java.io.IOException");
    assertThat(largest.message()).isEqualTo("no route to host #");
    assertThat(largest.type()).isEqualTo("echo");
    assertThat(largest.example()).isNotEmpty();
    assertThat(groups.getLast().error()).isEqualTo("Broken");
  }

  @Test
  void theBoxesOfAnnouncedQueuesAreFoundWithoutBeingNamed() throws Exception {
    try (TestFleet fleet = new TestFleet(host)) {
      assertThat(dead.boxes())
          .extracting(BoxDepth::box)
          .contains(LetterBox.of("default"), LetterBox.of("cpu"));
      assertThat(fleet.runs).isEmpty();
    }
    assertThatThrownBy(() -> dead.depths(List.of(LetterBox.of("nowhere"))))
        .isInstanceOf(TaskRefusedException.class)
        .hasMessageContaining("there is no warren.dead.nowhere");
  }

  @Test
  void aReplayedTaskRunsAgainAndItsOutcomeComesBackWithoutAGateway() throws Exception {
    try (TestFleet fleet = new TestFleet(host)) {
      RawHandle handle =
          client.submit(
              RawTask.of("moody", JsonText.of("{\"word\":\"again\"}")).withOutcomeWanted(true));
      OutcomeEvent first = handle.outcome().toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(first.status()).isEqualTo(Outcome.Status.DEAD);
      assertThat(first.generation()).isEqualTo(1);

      fleet.mended.set(true);
      List<Replayed> replayed = new ArrayList<>();
      LetterReport report =
          dead.replay(
              LetterQuery.of(
                  List.of(LetterBox.of("default")),
                  LetterFilter.ids(Set.of(handle.id().toString()))),
              ReplayOptions.DEFAULT.withOutcomeWanted(true),
              replayed::add);

      assertThat(report.done()).isEqualTo(1);
      assertThat(replayed).hasSize(1);
      assertThat(replayed.getFirst().generation()).isEqualTo(2);
      OutcomeEvent second =
          replayed
              .getFirst()
              .outcome()
              .orElseThrow()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertThat(second.status()).isEqualTo(Outcome.Status.SUCCEEDED);
      assertThat(second.generation()).isEqualTo(2);
      assertThat(second.attempt()).isEqualTo(1);
      assertThat(String.valueOf(second.result())).isEqualTo("{\"word\":\"again\"}");
      assertThat(fleet.runs).hasEntrySatisfying("again", runs -> assertThat(runs).hasValue(1));
      assertThat(look(of("default")))
          .extracting(FoundLetter::id)
          .doesNotContain(handle.id().toString());
    }
  }

  @Test
  void aReplayEndsThoughEveryTaskDiesAgain() throws Exception {
    try (TestFleet fleet = new TestFleet(host)) {
      letters.many("default", "broken", 300);
      LetterQuery broken =
          LetterQuery.of(List.of(LetterBox.of("default")), LetterFilter.ALL.withType("broken"));
      LetterReport report = dead.replay(broken, ReplayOptions.DEFAULT, each -> {});

      assertThat(report.done()).isEqualTo(300);
      assertThat(fleet.runs).isEmpty();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                List<FoundLetter> again = look(broken);
                assertThat(again).hasSize(300);
                assertThat(again)
                    .allMatch(each -> each.letter().task().orElseThrow().generation() == 2);
              });
      assertThat(dead.purge(broken, dead.census(broken)).done()).isEqualTo(300);
    }
  }

  @Test
  void noLetterOfManyIsLeftBehindWhenItsTaskRunsAgain() throws Exception {
    letters.queue("drained", "echo");
    letters.many("drained", "echo", 3_000);
    LetterReport report = dead.replay(of("drained"), ReplayOptions.DEFAULT, each -> {});
    assertThat(report.done()).isEqualTo(3_000);
    assertThat(report.duplicates()).isZero();
    assertThat(look(of("drained"))).isEmpty();
    assertThat(host.readyCount(TopologyNames.work("drained"))).isEqualTo(3_000);
  }

  @Test
  void aTaskThatNoQueueTakesStaysAmongTheDead() throws Exception {
    letters.queue("unbound", "echo");
    letters.dead(Letters.task("unbound", "nobody", "{}"), Failure.of("E", ""), Instant.now());
    letters.dead(Letters.task("unbound", "echo", "{}"), Failure.of("E", ""), Instant.now());
    List<Replayed> replayed = new ArrayList<>();

    LetterReport report = dead.replay(of("unbound"), ReplayOptions.DEFAULT, replayed::add);

    assertThat(report.done()).isEqualTo(1);
    assertThat(report.refusals()).isEqualTo(1);
    assertThat(report.refused().keySet().iterator().next()).contains("unbound.nobody", "--types");
    assertThat(replayed).extracting(Replayed::type).containsExactly("echo");
    assertThat(look(of("unbound")))
        .extracting(each -> each.letter().type())
        .containsExactly("nobody");
  }

  @Test
  void ofSeveralLettersOfATaskTheLatestGenerationIsReplayedOnce() throws Exception {
    letters.queue("twice", "echo");
    TaskMessage first = Letters.task("twice", "echo", "{\"word\":\"w\"}");
    TaskMessage second = first.replayed(Instant.now());
    letters.dead(second, Failure.of("E", "second"), Instant.now());
    letters.dead(first, Failure.of("E", "first"), Instant.now());
    letters.dead(second, Failure.of("E", "second, once more"), Instant.now());
    List<Replayed> replayed = new ArrayList<>();

    LetterReport report = dead.replay(of("twice"), ReplayOptions.DEFAULT, replayed::add);

    assertThat(replayed).extracting(Replayed::generation).containsExactly(3);
    assertThat(report.done()).isEqualTo(1);
    assertThat(report.duplicates()).isEqualTo(2);
    assertThat(host.readyCount(TopologyNames.dead("twice"))).isZero();
    assertThat(waiting("twice").generation()).isEqualTo(3);
  }

  @Test
  void aChangedLetterSaysTheSameWithOtherArguments() throws Exception {
    letters.queue("changed", "echo");
    TaskMessage task = Letters.task("changed", "echo", "{\"word\":\"old\"}");
    letters.dead(task, Failure.of("Typo", "what is 'old'?"), Instant.now());
    letters.dead(task, Failure.of("Typo", "what is 'old'?"), Instant.now());
    letters.many("changed", "echo", 3);
    LetterQuery query =
        LetterQuery.of(List.of(LetterBox.of("changed")), LetterFilter.ids(Set.of(id(task))));

    LetterReport report = dead.edit(query, dead.census(query), JsonText.of("{\"word\":\"new\"}"));

    assertThat(report.done()).isEqualTo(1);
    assertThat(report.duplicates()).isEqualTo(1);
    List<FoundLetter> found = look(query);
    assertThat(found).hasSize(1);
    TaskMessage edited = found.getFirst().letter().task().orElseThrow();
    assertThat(edited.arguments().toString()).isEqualTo("{\"word\":\"new\"}");
    assertThat(edited.id()).isEqualTo(task.id());
    assertThat(edited.generation()).isEqualTo(1);
    assertThat(found.getFirst().letter().failure()).isEqualTo(Failure.of("Typo", "what is 'old'?"));
    assertThat(look(of("changed"))).hasSize(4);

    dead.replay(
        query,
        ReplayOptions.DEFAULT.withArguments(JsonText.of("{\"word\":\"newer\"}")),
        replayed -> assertThat(replayed.generation()).isEqualTo(2));
    assertThat(waiting("changed").arguments().toString()).isEqualTo("{\"word\":\"newer\"}");
    assertThat(waiting("changed").state().attempt()).isEqualTo(1);
  }

  @Test
  void argumentsThatDoNotFitTheTypeChangeNothing() throws Exception {
    try (TestFleet fleet = new TestFleet(host)) {
      TaskMessage task = Letters.task("default", "echo", "{\"word\":\"fits\"}");
      letters.dead(task, Failure.of("E", ""), Instant.now());
      client.types().refresh(Duration.ofSeconds(10));
      LetterQuery query =
          LetterQuery.of(List.of(LetterBox.of("default")), LetterFilter.ids(Set.of(id(task))));

      LetterReport edited = dead.edit(query, dead.census(query), JsonText.of("{\"words\":[]}"));
      assertThat(edited.done()).isZero();
      assertThat(edited.broken()).get().isInstanceOf(TaskRefusedException.class);
      LetterReport replayed =
          dead.replay(
              query,
              ReplayOptions.DEFAULT.withArguments(JsonText.of("{\"words\":[]}")),
              each -> {});
      assertThat(replayed.refusals()).isEqualTo(1);
      assertThat(look(query)).hasSize(1);
      assertThat(fleet.runs).isEmpty();
      assertThat(dead.purge(query, dead.census(query)).done()).isEqualTo(1);
    }
  }

  @Test
  void onlyWhatWasCountedIsPurged() throws Exception {
    letters.queue("purged", "echo");
    List<TaskMessage> counted = letters.many("purged", "echo", 40);
    LetterQuery some =
        LetterQuery.of(
            List.of(LetterBox.of("purged")), LetterFilter.ALL.withError("no route to host 1"));
    var census = dead.census(some);
    assertThat(census.letters()).isEqualTo(11);
    letters.dead(
        Letters.task("purged", "echo", "{}"),
        Failure.of("E", "no route to host 1, later"),
        Instant.now());

    LetterReport report = dead.purge(some, census);

    assertThat(report.done()).isEqualTo(11);
    assertThat(look(of("purged"))).hasSize(30);
    assertThat(counted).hasSize(40);
  }

  @Test
  void whatIsNoTaskStaysAndCanBePurged() {
    letters.queue("odd", "echo");
    host.publish(
        TopologyNames.DEAD,
        "told.odd",
        new com.rabbitmq.client.AMQP.BasicProperties.Builder().messageId("7").build(),
        new byte[] {1, 2, 3});
    LetterReport report = dead.replay(of("odd"), ReplayOptions.DEFAULT, each -> {});
    assertThat(report.refused().keySet()).singleElement().asString().contains("is no task");
    FoundLetter found = look(of("odd")).getFirst();
    assertThat(found.id()).isEqualTo("7");
    assertThat(found.letter().task()).isEmpty();
    assertThat(dead.purge(of("odd"), dead.census(of("odd"))).done()).isEqualTo(1);
    assertThat(host.readyCount(TopologyNames.dead("odd"))).isZero();
  }

  @Test
  void aTaskThatLostItsWayIsSentOnAsItWas() {
    letters.queue("lost", "echo");
    host.deleteQueue(TopologyNames.work("lost"));
    RawHandle handle =
        client.submit(
            RawTask.of("echo", JsonText.of("{\"word\":\"late\"}"))
                .withOptions(
                    SubmitOptions.DEFAULT
                        .withQueue("lost")
                        .withUnannounced()
                        .withNotBefore(Instant.now().plusSeconds(1))));
    LetterQuery unrouted =
        LetterQuery.of(
            List.of(LetterBox.UNROUTED), LetterFilter.ids(Set.of(handle.id().toString())));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(look(unrouted)).hasSize(1));
    FoundLetter found = look(unrouted).getFirst();
    assertThat(found.onItsWay()).isTrue();
    assertThat(found.letter().queue()).isEqualTo("lost");

    assertThat(dead.replay(unrouted, ReplayOptions.DEFAULT, each -> {}).refusals()).isEqualTo(1);
    letters.queue("lost", "echo");
    assertThat(dead.replay(unrouted, ReplayOptions.DEFAULT, each -> {}).done()).isEqualTo(1);

    TaskMessage task = waiting("lost");
    assertThat(task.id()).isEqualTo(handle.id());
    assertThat(task.state()).isEqualTo(AttemptState.FIRST);
    GetResponse message = host.peek(TopologyNames.work("lost"), 1).getFirst();
    assertThat(message.getProps().getHeaders()).doesNotContainKeys("x-death", Headers.GENERATION);
    assertThat(look(unrouted)).isEmpty();
  }

  @Test
  void anOperatorMayDoAllThisAndAProducerNothing() throws Exception {
    letters.queue("guarded", "echo");
    client.workQueues().purge("guarded", () -> false);
    letters.many("guarded", "echo", 5);
    try (WarrenClient producer = as(user(Grant.PRODUCER));
        WarrenClient operator = as(user(Grant.OPERATOR))) {
      LetterReport denied = producer.deadLetters().look(of("guarded"), each -> {});
      assertThat(denied.broken())
          .get()
          .isInstanceOf(AccessDeniedException.class)
          .extracting(Throwable::getMessage)
          .asString()
          .contains("permissions of an operator");

      DeadLetters letterbox = operator.deadLetters();
      assertThat(letterbox.boxes()).isNotNull();
      assertThat(letterbox.depths(List.of(LetterBox.UNROUTED, LetterBox.INBOX))).hasSize(2);
      List<FoundLetter> found = new ArrayList<>();
      assertThat(letterbox.look(of("guarded"), found::add).done()).isEqualTo(5);
      LetterQuery first =
          LetterQuery.of(of("guarded").boxes(), LetterFilter.ids(Set.of(found.getFirst().id())));
      assertThat(
              letterbox
                  .edit(first, letterbox.census(first), JsonText.of("{\"word\":\"new\"}"))
                  .done())
          .isEqualTo(1);
      assertThat(letterbox.census(first).letters()).isEqualTo(1);
      LetterReport replayed = letterbox.replay(first, ReplayOptions.DEFAULT, each -> {});
      assertThat(replayed.refused()).isEmpty();
      assertThat(replayed.done()).isEqualTo(1);
      assertThat(letterbox.purge(of("guarded"), letterbox.census(of("guarded"))).done())
          .isEqualTo(4);
      assertThat(host.readyCount(TopologyNames.work("guarded"))).isEqualTo(1);
    }
  }

  private URI user(Grant grant) {
    Permissions permissions = Permissions.of(grant.configure(), grant.write(), grant.read());
    if (grant.eventsWrite().isPresent() || grant.eventsRead().isPresent()) {
      permissions =
          permissions.withTopic(
              TopologyNames.EVENTS,
              grant.eventsWrite().orElse(".*"),
              grant.eventsRead().orElse(".*"));
    }
    return host.createUser(permissions);
  }

  @Test
  void anEmptyVirtualHostSaysWhatIsMissing(dev.warren.testkit.Broker broker) {
    try (VirtualHost empty = broker.createVirtualHost("nothing-dead")) {
      new Declarer(new Connections(BrokerSettings.of(empty.uri()), ProcessName.of("test")))
          .apply(Topology.fleet());
      try (WarrenClient other = as(empty.uri())) {
        assertThat(other.deadLetters().boxes()).isEmpty();
        assertThatThrownBy(() -> other.workQueues().peek("default", 1))
            .isInstanceOf(TaskRefusedException.class)
            .hasMessageContaining("there is no warren.q.default");
      }
    }
  }
}
