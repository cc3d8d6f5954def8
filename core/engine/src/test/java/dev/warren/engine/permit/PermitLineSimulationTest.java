package dev.warren.engine.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.engine.permit.PermitLine.Command;
import dev.warren.engine.permit.PermitLine.Permit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes and a queue of permits, in random order of all that can happen: attempts come and end,
 * processes die, channels are lost, permits are refreshed.
 */
class PermitLineSimulationTest {
  private static final long STEP = Duration.ofMillis(100).toNanos();

  /** Refreshed often, so that refreshing meets everything else. */
  private static final PermitLimits LIMITS =
      new PermitLimits(
          3, 20, 2, Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofMillis(500));

  @Test
  void atMostAsManyRunAsThereArePermitsAndNoneIsLost() {
    int refreshed = 0;
    int ran = 0;
    for (int seed = 0; seed < 120; seed++) {
      Fleet fleet = new Fleet(seed, 1 + seed % 4, true);
      fleet.live(600);
      fleet.settleDown();
      refreshed += fleet.refreshes;
      ran += fleet.ended;
    }
    assertThat(refreshed).as("refreshes that the seeds have seen").isGreaterThan(600);
    assertThat(ran).as("attempts that ran").isGreaterThan(3_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void asManyRunAsThereArePermitsWhileEnoughWait(int permits) {
    Fleet fleet = new Fleet(7, permits, false);
    for (int task = 0; task < 12; task++) {
      fleet.members.get(task % 3).ask();
    }
    fleet.deliverAll();
    assertThat(fleet.running()).isEqualTo(Math.min(permits, 9));
  }

  /** All processes and the broker. */
  private static final class Fleet {
    final Random random;
    final int permits;
    final boolean trouble;
    final Queue queue;
    final List<Member> members = new ArrayList<>();
    @Nullable Member lockedBy;
    long now;
    int ended;
    int refreshes;

    Fleet(long seed, int permits, boolean trouble) {
      this.random = new Random(seed);
      this.permits = permits;
      this.trouble = trouble;
      this.queue = new Queue(permits);
      for (int i = 0; i < 3; i++) {
        members.add(new Member(this));
      }
    }

    void live(int steps) {
      for (int i = 0; i < steps; i++) {
        now += STEP;
        Member member = members.get(random.nextInt(members.size()));
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> member.ask();
          case 3, 4 -> member.end();
          case 5 -> member.act(member.line.tick(now, true));
          case 6 -> {
            if (trouble && random.nextInt(20) == 0) {
              member.loseChannel();
            } else if (trouble && random.nextInt(20) == 0) {
              member.die();
              members.set(members.indexOf(member), new Member(this));
            }
          }
          default -> {}
        }
        // Only some of what is under way arrives.
        for (Member each : List.copyOf(members)) {
          for (int some = random.nextInt(4); some > 0; some--) {
            each.next();
          }
        }
        check();
      }
    }

    void check() {
      assertThat(queue.total()).as("permits").isEqualTo(permits);
      assertThat(running()).as("attempts that run").isLessThanOrEqualTo(permits);
    }

    /** Those that run and have not lost their permit, which their process may not know yet. */
    int running() {
      return members.stream().mapToInt(member -> member.running.size()).sum();
    }

    void deliverAll() {
      boolean any = true;
      while (any) {
        any = false;
        for (Member member : List.copyOf(members)) {
          while (member.next()) {
            any = true;
          }
        }
        check();
      }
    }

    /** Nothing new comes: whatever waits runs, and then all permits lie in the queue. */
    void settleDown() {
      for (int round = 0; round < 200; round++) {
        now += STEP;
        deliverAll();
        members.forEach(Member::reopen);
        members.forEach(member -> member.act(member.line.tick(now, true)));
        deliverAll();
        members.forEach(Member::end);
      }
      deliverAll();
      for (Member member : members) {
        assertThat(member.line.isIdle()).as("nothing waits, nothing is held").isTrue();
        assertThat(member.waiting).isEmpty();
      }
      assertThat(queue.ready.size()).isEqualTo(permits);
      assertThat(queue.consumers).isEmpty();
      assertThat(lockedBy).isNull();
    }
  }

  /** The permit queue, as a quorum queue works: one step after the other. */
  private static final class Queue {
    final ArrayDeque<Integer> ready = new ArrayDeque<>();
    final List<Consumer> consumers = new ArrayList<>();
    final Map<Long, Held> unacknowledged = new HashMap<>();
    long nextTag = 1;

    record Held(Member member, int permit, Consumer consumer) {}

    static final class Consumer {
      final Member member;
      final long place;
      final int priority;
      boolean credit = true;

      Consumer(Member member, long place, int priority) {
        this.member = member;
        this.place = place;
        this.priority = priority;
      }
    }

    Queue(int permits) {
      for (int i = 0; i < permits; i++) {
        ready.add(i);
      }
    }

    int total() {
      Set<Integer> all = new HashSet<>(ready);
      unacknowledged.values().forEach(held -> all.add(held.permit()));
      assertThat(all).hasSize(ready.size() + unacknowledged.size());
      return all.size();
    }

    void consume(Member member, long place, boolean first) {
      consumers.add(new Consumer(member, place, first ? 1 : 0));
      serve();
    }

    void cancel(Member member, long place) {
      consumers.removeIf(one -> one.member == member && one.place == place);
    }

    void reject(long tag) {
      Held held = unacknowledged.remove(tag);
      if (held != null) {
        ready.addFirst(held.permit());
        if (consumers.remove(held.consumer())) {
          // With its credit back it stands at the end of the line.
          held.consumer().credit = true;
          consumers.add(held.consumer());
        }
        serve();
      }
    }

    void gone(Member member) {
      consumers.removeIf(one -> one.member == member);
      for (Map.Entry<Long, Held> each : List.copyOf(unacknowledged.entrySet())) {
        if (each.getValue().member() == member) {
          unacknowledged.remove(each.getKey());
          ready.addFirst(each.getValue().permit());
        }
      }
      serve();
    }

    private void serve() {
      while (!ready.isEmpty()) {
        Optional<Consumer> next =
            consumers.stream()
                .filter(one -> one.credit)
                .min(Comparator.comparingInt(one -> -one.priority));
        if (next.isEmpty()) {
          return;
        }
        Consumer consumer = next.get();
        consumer.credit = false;
        long tag = nextTag;
        nextTag++;
        unacknowledged.put(tag, new Held(consumer.member, ready.remove(), consumer));
        consumer.member.arrive(() -> consumer.member.delivered(consumer.place, tag));
      }
    }
  }

  /** A process: what it does reaches the broker later, what the broker does reaches it later. */
  private static final class Member {
    final Fleet fleet;
    final PermitLine<Object> line = new PermitLine<>(LIMITS);
    final ArrayDeque<Runnable> out = new ArrayDeque<>();
    final ArrayDeque<Runnable> in = new ArrayDeque<>();
    final Set<Object> waiting = new HashSet<>();
    final Set<Object> running = new HashSet<>();
    int epoch;
    boolean open;

    Member(Fleet fleet) {
      this.fleet = fleet;
      reopen();
    }

    void ask() {
      Object waiter = new Object();
      waiting.add(waiter);
      act(line.ask(waiter, fleet.now));
    }

    /** One that runs ends, or one that waits gives up. */
    void end() {
      List<Object> all = new ArrayList<>(running);
      if (all.isEmpty() || fleet.random.nextInt(4) == 0) {
        all.addAll(waiting);
      }
      if (!all.isEmpty()) {
        Object waiter = all.get(fleet.random.nextInt(all.size()));
        fleet.ended += running.remove(waiter) ? 1 : 0;
        waiting.remove(waiter);
        act(line.over(waiter));
      }
    }

    void die() {
      epoch++;
      running.clear();
      waiting.clear();
      fleet.queue.gone(this);
      unlock();
    }

    /** The broker knows at once; the process hears of it later, as of everything. */
    void loseChannel() {
      if (open) {
        open = false;
        out.clear();
        running.clear();
        epoch++;
        fleet.queue.gone(this);
        unlock();
        in.clear();
        int mine = epoch;
        in.add(
            () -> {
              if (mine == epoch) {
                act(line.lost());
              }
            });
      }
    }

    void reopen() {
      if (!open && in.isEmpty()) {
        open = true;
        act(line.opened());
      }
    }

    void unlock() {
      if (fleet.lockedBy == this) {
        fleet.lockedBy = null;
      }
    }

    void arrive(Runnable event) {
      int mine = epoch;
      in.add(
          () -> {
            if (mine == epoch) {
              event.run();
            }
          });
    }

    void delivered(long place, long tag) {
      act(line.delivered(place, new Permit(tag), fleet.now));
    }

    /** One thing arrives, there or here. */
    boolean next() {
      boolean outwards = in.isEmpty() || (!out.isEmpty() && fleet.random.nextBoolean());
      Runnable next = outwards ? out.poll() : in.poll();
      if (next == null) {
        reopen();
        return false;
      }
      next.run();
      return true;
    }

    void act(List<Command<Object>> commands) {
      for (Command<Object> command : commands) {
        switch (command) {
          case Command.OpenPlace<Object>(long place, boolean first) -> {
            fleet.refreshes += first ? 1 : 0;
            send(() -> fleet.queue.consume(this, place, first));
          }
          case Command.ClosePlace<Object>(long place) ->
              send(() -> fleet.queue.cancel(this, place));
          case Command.Return<Object>(long place, Permit permit) ->
              send(() -> fleet.queue.reject(permit.tag()));
          case Command.Enter<Object>(Object waiter) -> {
            waiting.remove(waiter);
            running.add(waiter);
          }
          case Command.SendAway<Object>(Object waiter, PermitLine.Why why) -> {
            waiting.remove(waiter);
            act(line.over(waiter));
          }
          case Command.TakeBack<Object>(Object waiter) -> running.remove(waiter);
          case Command.Lock<Object> lock -> send(this::lock);
          case Command.Unlock<Object> unlock -> send(this::unlock);
        }
      }
    }

    private void lock() {
      boolean granted = fleet.lockedBy == null;
      if (granted) {
        fleet.lockedBy = this;
      }
      arrive(() -> act(line.locked(granted, fleet.now)));
    }

    private void send(Runnable toBroker) {
      if (open) {
        out.add(toBroker);
      }
    }
  }
}
