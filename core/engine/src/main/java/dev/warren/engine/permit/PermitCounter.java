package dev.warren.engine.permit;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.BrokerVersion;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.delivery.Admission;
import dev.warren.engine.topology.Declarer;
import dev.warren.engine.topology.Topology;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permits of one name in this process: carries out what {@link PermitLine} decides, on a
 * channel of its own, which it opens again after each loss. Used by the desk's thread only.
 */
final class PermitCounter {
  private static final Logger LOG = LoggerFactory.getLogger(PermitCounter.class);

  /** Above every consumer that stands in line. */
  static final int FIRST = 1_000;

  /** On 4.3 a consumer says how long it may hold; its timers reach 49 days at most. */
  private static final long HOLDS_MILLIS = Duration.ofDays(20).toMillis();

  /** How long to leave a queue alone that is not there. */
  private static final Duration ABSENT = Duration.ofSeconds(2);

  /** An attempt that asks for a permit. */
  record Guest(Admission.Candidate candidate, boolean overlapSafe) {}

  /** The way to the broker. */
  interface Broker {
    Channel channel() throws IOException;

    /** Runs something on the desk's thread. */
    void later(Runnable event);
  }

  private final String name;
  private final Broker broker;
  private final PermitRenewal renewal;
  private final PermitLine<Guest> line;
  private final BackOff backOff = new BackOff();
  private final Map<Long, String> tags = new HashMap<>();
  private @Nullable Channel channel;
  private @Nullable Channel lock;
  private boolean refreshes;
  private boolean wanted;
  private long openNotBefore = System.nanoTime();
  private long usedAt = System.nanoTime();
  private String trouble = "";

  PermitCounter(String name, PermitLimits limits, Broker broker, PermitRenewal renewal) {
    this.name = name;
    this.broker = broker;
    this.renewal = renewal;
    this.line = new PermitLine<>(limits);
  }

  String name() {
    return name;
  }

  void ask(Guest guest) {
    wanted = true;
    openIfWanted(System.nanoTime());
    perform(line.ask(guest, System.nanoTime()));
  }

  void over(Guest guest) {
    perform(line.over(guest));
  }

  void tick(long now) {
    openIfWanted(now);
    perform(line.tick(now, refreshes));
    if (!line.isIdle()) {
      usedAt = now;
    }
  }

  /** For how long nothing has waited or run here. */
  Duration idleFor(long now) {
    return line.isIdle() ? Duration.ofNanos(now - usedAt) : Duration.ZERO;
  }

  PermitDesk.Standing standing() {
    return new PermitDesk.Standing(name, line.held(), line.waiting(), trouble);
  }

  /** Closes the channel of an idle counter. */
  void close() {
    Channel last = channel;
    channel = null;
    abort(last);
    abort(lock);
  }

  private void openIfWanted(long now) {
    if (channel != null || now - openNotBefore < 0 || !(wanted || line.waiting() > 0)) {
      return;
    }
    wanted = false;
    try {
      open();
    } catch (IOException | AlreadyClosedException | WarrenException failed) {
      lost(BrokerRefusal.in(failed), failed.getMessage() + "");
    }
  }

  private void open() throws IOException {
    Channel opened = broker.channel();
    channel = opened;
    opened.addShutdownListener(
        cause -> broker.later(() -> lostWith(opened, BrokerRefusal.in(cause), text(cause))));
    opened.queueDeclarePassive(TopologyNames.permits(name));
    opened.basicQos(1);
    refreshes =
        BrokerVersion.of(opened.getConnection()).map(each -> !each.atLeast(4, 3)).orElse(true);
    if (!trouble.isEmpty()) {
      LOG.info("permits '{}' can be had again", name);
      trouble = "";
    }
    backOff.reset();
    perform(line.opened());
  }

  private static String text(ShutdownSignalException cause) {
    return BrokerRefusal.in(cause).map(BrokerRefusal::text).orElse(cause.getMessage() + "");
  }

  private void lostWith(Channel which, Optional<BrokerRefusal> refusal, String why) {
    if (which.equals(channel)) {
      lost(refusal, why);
    }
  }

  /** What was held is with the broker again; who runs is told. Opens again later. */
  private void lost(Optional<BrokerRefusal> refusal, String why) {
    Channel last = channel;
    channel = null;
    abort(last);
    abort(lock);
    lock = null;
    tags.clear();
    boolean absent = refusal.filter(BrokerRefusal::isNotFound).isPresent();
    boolean forbidden = refusal.filter(BrokerRefusal::isAccessRefused).isPresent();
    openNotBefore = System.nanoTime() + (absent || forbidden ? ABSENT : backOff.next()).toNanos();
    String before = trouble;
    trouble =
        absent
            ? "there are no permits '%s': 'warren permits set %s N' makes them"
                .formatted(name, name)
            : "permits '%s' cannot be asked for: %s".formatted(name, why);
    if (!trouble.equals(before)) {
      LOG.warn("{}; {} attempts ran with one here", trouble, line.held());
    }
    perform(line.lost());
    if (absent || forbidden) {
      perform(line.troubled());
    }
  }

  /** Carries out each command, whatever becomes of the others: permits wait to be returned. */
  private void perform(List<PermitLine.Command<Guest>> commands) {
    Exception failed = null;
    for (PermitLine.Command<Guest> command : commands) {
      switch (command) {
        case PermitLine.Command.Enter<Guest>(Guest guest) ->
            tell(guest, () -> guest.candidate().enter());
        case PermitLine.Command.SendAway<Guest>(Guest guest, PermitLine.Why why) ->
            tell(guest, () -> sendAway(guest.candidate(), why));
        case PermitLine.Command.TakeBack<Guest>(Guest guest) -> tell(guest, () -> takeBack(guest));
        default -> {
          if (failed == null && channel != null) {
            failed = asked(channel, command);
          }
        }
      }
    }
    if (failed != null && channel != null) {
      lost(BrokerRefusal.in(failed), failed.getMessage() + "");
    }
  }

  private void tell(Guest guest, Runnable message) {
    try {
      message.run();
    } catch (RuntimeException unexpected) {
      LOG.error(
          "task {} did not take what permits '{}' told it",
          guest.candidate().task().id(),
          name,
          unexpected);
    }
  }

  /** Nothing if it was asked; otherwise the channel is of no more use. */
  private @Nullable Exception asked(Channel open, PermitLine.Command<Guest> command) {
    try {
      ask(open, command);
      return null;
    } catch (IOException | AlreadyClosedException | WarrenException broken) {
      return broken;
    } catch (RuntimeException unexpected) {
      LOG.error("unexpected error at the permits '{}'", name, unexpected);
      return unexpected;
    }
  }

  private void ask(Channel open, PermitLine.Command<Guest> command) throws IOException {
    switch (command) {
      case PermitLine.Command.OpenPlace<Guest>(long place, boolean first) ->
          tags.put(place, consume(open, place, first));
      case PermitLine.Command.ClosePlace<Guest>(long place) -> {
        String tag = tags.remove(place);
        if (tag != null) {
          open.basicCancel(tag);
        }
      }
      case PermitLine.Command.Return<Guest>(long place, PermitLine.Permit permit) -> {
        // Rejected, as some brokers count and some do not count what is returned otherwise.
        open.basicReject(permit.tag(), true);
        renewal.returned(name);
      }
      case PermitLine.Command.Lock<Guest> wish -> lock();
      case PermitLine.Command.Unlock<Guest> done -> unlock();
      default -> throw new IllegalStateException("not for the broker: " + command);
    }
  }

  private String consume(Channel open, long place, boolean first) throws IOException {
    Map<String, Object> arguments = new HashMap<>();
    // Obeyed since 4.3; other brokers take no notice.
    arguments.put("x-consumer-timeout", HOLDS_MILLIS);
    if (first) {
      arguments.put("x-priority", FIRST);
    }
    return open.basicConsume(
        TopologyNames.permits(name),
        false,
        ConsumerTags.of(open, "permits " + name + " " + place),
        false,
        false,
        arguments,
        new PlaceConsumer(open, place));
  }

  /** Only one process at a time may have a place that comes before all others. */
  private void lock() throws IOException {
    Channel own = broker.channel();
    boolean granted;
    try {
      Declarer.declareOn(own, Topology.lock("permits." + name));
      lock = own;
      granted = true;
    } catch (WarrenException taken) {
      LOG.debug("the lock of permits '{}' is taken: {}", name, taken.getMessage());
      abort(own);
      granted = false;
    }
    boolean answer = granted;
    broker.later(() -> perform(line.locked(answer, System.nanoTime())));
  }

  private void unlock() throws IOException {
    Channel own = lock;
    lock = null;
    if (own != null && own.isOpen()) {
      own.queueDelete(TopologyNames.permitsLock(name));
      abort(own);
    }
  }

  private static void abort(@Nullable Channel any) {
    try {
      if (any != null) {
        any.abort();
      }
    } catch (IOException | AlreadyClosedException gone) {
      LOG.debug("a channel was gone before it was closed", gone);
    }
  }

  private void sendAway(Admission.Candidate candidate, PermitLine.Why why) {
    candidate.goAway(
        switch (why) {
          case FULL -> PermitParking.full(candidate.task(), name, ThreadLocalRandom.current());
          case WAITED -> PermitParking.waited(candidate.task(), name);
          case TROUBLE ->
              PermitParking.troubled(candidate.task(), trouble, ThreadLocalRandom.current());
        });
  }

  private void takeBack(Guest guest) {
    Admission.Candidate candidate = guest.candidate();
    if (guest.overlapSafe()) {
      LOG.warn(
          "task {} ({}) goes on without its permit '{}', as its attempts may overlap",
          candidate.task().id(),
          candidate.task().type(),
          name);
    } else {
      candidate.takeBack(PermitParking.lost(candidate.task(), name));
    }
  }

  /** Hands what the broker says over to the desk's thread. */
  private final class PlaceConsumer extends DefaultConsumer {
    private final long place;

    PlaceConsumer(Channel opened, long place) {
      super(opened);
      this.place = place;
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, BasicProperties properties, byte[] body) {
      PermitLine.Permit permit = new PermitLine.Permit(envelope.getDeliveryTag());
      broker.later(
          () -> {
            if (getChannel().equals(channel)) {
              perform(line.delivered(place, permit, System.nanoTime()));
            }
          });
    }

    @Override
    public void handleCancel(String tag) {
      broker.later(
          () ->
              lostWith(
                  getChannel(),
                  Optional.empty(),
                  "the broker cancelled the consumer: the queue was deleted or moved, or the permit"
                      + " was held for too long"));
    }
  }
}
