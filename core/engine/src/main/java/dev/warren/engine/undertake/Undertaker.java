package dev.warren.engine.undertake;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.warren.api.WarrenException;
import dev.warren.engine.connection.BackOff;
import dev.warren.engine.connection.BrokerRefusal;
import dev.warren.engine.connection.ConsumerTags;
import dev.warren.engine.connection.ProcessName;
import dev.warren.engine.publish.EventPublisher;
import dev.warren.engine.publish.PublishResult;
import dev.warren.engine.publish.Publisher;
import dev.warren.engine.topology.TopologyNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what became of tasks that the broker itself gave up: because workers crashed on them more
 * often than the delivery limit allows, or because of a policy of the queue. Takes them from {@code
 * warren.dead.inbox}, adds the end of their story, puts them among the dead letters of their queue
 * and publishes their outcome; acknowledges when the broker has confirmed both. A crash in between
 * makes a second letter and a second outcome event, never none.
 *
 * <p>Every worker and gateway has one. The inbox has a single active consumer, so one of them works
 * and the next takes over when it is gone. Comes back by itself after any loss. One thread, {@code
 * warren-undertaker}.
 */
public final class Undertaker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Undertaker.class);

  /** A message may have 8 MiB, so few are held. */
  private static final int PREFETCH = 16;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** Opens a channel, on a connection that others may use too; called again after each loss. */
  @FunctionalInterface
  public interface Channels {
    Channel open();
  }

  /**
   * How it works.
   *
   * @param process who says what became of the tasks
   * @param deadline how long a confirm may take
   * @param idle after how long without a letter it consumes on a new channel. A consumer that the
   *     broker has forgotten, or that RabbitMQ 3.10 took along to a queue which was deleted and
   *     declared again, looks like one that has nothing to do.
   */
  public record Settings(ProcessName process, Duration deadline, Clock clock, Duration idle) {
    /** With a new channel after each minute without a letter. */
    public Settings(ProcessName process, Duration deadline, Clock clock) {
      this(process, deadline, clock, Duration.ofMinutes(1));
    }
  }

  private final Channels channels;
  private final Burials burials;
  private final Settings settings;
  private final Thread thread;
  private final LongAdder buried = new LongAdder();

  /** What a channel delivered; an empty entry says that there is something to look at. */
  private volatile BlockingQueue<Optional<Delivery>> inbox = new LinkedBlockingQueue<>();

  private volatile boolean stopped;
  private String lastTrouble = "";

  /**
   * An undertaker that is not started yet.
   *
   * @param publisher for letters; goes on when this is closed
   * @param results for outcomes; goes on when this is closed
   */
  public Undertaker(
      Channels channels, Publisher publisher, EventPublisher results, Settings settings) {
    this.channels = channels;
    this.settings = settings;
    this.burials = new Burials(publisher, results, settings);
    this.thread = Thread.ofPlatform().name("warren-undertaker").daemon().unstarted(this::run);
  }

  /** Begins to consume; returns at once and keeps trying while the broker is away. */
  public void start() {
    thread.start();
  }

  /** How many messages of the inbox it has seen to its end. */
  public long buried() {
    return buried.sum();
  }

  /** Takes no more letters; returns at once. */
  public void stop() {
    stopped = true;
    inbox.add(Optional.empty());
  }

  /** Takes no more letters and waits, not long, for the confirms of those it works on. */
  @Override
  public void close() {
    stop();
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    BackOff backOff = new BackOff();
    try {
      while (!stopped) {
        try {
          consume(backOff).ifPresent(this::trouble);
        } catch (WarrenException | IOException | TimeoutException | AlreadyClosedException lost) {
          trouble(BrokerRefusal.in(lost).map(BrokerRefusal::text).orElse(lost.getMessage() + ""));
        } catch (RuntimeException unexpected) {
          LOG.error("unexpected error in the undertaker, trying again", unexpected);
        }
        pause(backOff.next());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Consumes on one channel; says what went wrong, if anything did. */
  private Optional<String> consume(BackOff backOff)
      throws IOException, TimeoutException, InterruptedException {
    // A new one for each channel: what a lost one has left comes again.
    BlockingQueue<Optional<Delivery>> letters = new LinkedBlockingQueue<>();
    inbox = letters;
    Channel channel = channels.open();
    try {
      channel.addShutdownListener(cause -> letters.add(Optional.empty()));
      channel.basicQos(PREFETCH);
      channel.basicConsume(
          TopologyNames.DEAD_INBOX,
          false,
          ConsumerTags.of(channel, "dead.inbox"),
          (tag, delivery) -> letters.add(Optional.of(delivery)),
          tag -> letters.add(Optional.empty()));
      while (!stopped) {
        Optional<Delivery> next = letters.poll(settings.idle().toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
          break;
        }
        List<Optional<Delivery>> taken = new ArrayList<>();
        taken.add(next);
        letters.drainTo(taken);
        Optional<String> trouble = bury(channel, taken.stream().flatMap(Optional::stream).toList());
        if (trouble.isPresent()) {
          return trouble;
        }
        if (taken.contains(Optional.<Delivery>empty()) && !stopped) {
          return Optional.of("the broker closed the channel or cancelled the consumer");
        }
        lastTrouble = "";
        backOff.reset();
      }
      // By handshake: the broker has read the last acknowledgements when this returns.
      channel.close();
      backOff.reset();
      return Optional.empty();
    } finally {
      channel.abort();
    }
  }

  /** Buries the letters and acknowledges those that are; says what went wrong with another. */
  private Optional<String> bury(Channel channel, List<Delivery> letters)
      throws IOException, InterruptedException {
    List<CompletableFuture<PublishResult>> results = letters.stream().map(burials::bury).toList();
    Optional<String> trouble = Optional.empty();
    for (int i = 0; i < letters.size(); i++) {
      PublishResult result;
      try {
        result = results.get(i).get();
      } catch (ExecutionException unexpected) {
        throw new IllegalStateException("a letter could not be buried", unexpected.getCause());
      }
      if (result instanceof PublishResult.Confirmed) {
        channel.basicAck(letters.get(i).getEnvelope().getDeliveryTag(), false);
        buried.increment();
      } else {
        trouble = Optional.of(told(result));
      }
    }
    return trouble;
  }

  private static String told(PublishResult result) {
    return switch (result) {
      case PublishResult.Confirmed confirmed -> "";
      case PublishResult.Returned returned ->
          "no queue takes " + returned.routingKey() + " from " + returned.exchange();
      case PublishResult.Refused refused -> String.valueOf(refused.reason().getMessage());
      case PublishResult.NotSent notSent -> String.valueOf(notSent.reason().getMessage());
      case PublishResult.Undecided undecided -> undecided.reason();
    };
  }

  /** Warns once of the same trouble. */
  private void trouble(String why) {
    if (stopped || why.equals(lastTrouble)) {
      LOG.debug("not reading {}: {}", TopologyNames.DEAD_INBOX, why);
      return;
    }
    lastTrouble = why;
    LOG.warn("not reading {}, trying again: {}", TopologyNames.DEAD_INBOX, why);
  }

  private void pause(Duration wait) throws InterruptedException {
    long until = System.nanoTime() + wait.toNanos();
    for (long left = wait.toNanos(); !stopped && left > 0; left = until - System.nanoTime()) {
      // Whatever a lost channel has left is of no interest.
      inbox.poll(left, TimeUnit.NANOSECONDS);
    }
  }
}
