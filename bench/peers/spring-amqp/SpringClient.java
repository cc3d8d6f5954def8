import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.amqp.core.BatchMessageListener;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;

/** Keeps a window of tasks unfinished: confirmed by the broker, and their results awaited. */
public final class SpringClient {
  /** So many at most wait for their confirms together. */
  private static final int TOGETHER = 200;

  private static final long CONFIRM_MILLIS = 30_000;

  private final RabbitTemplate template;
  private final JacksonJsonMessageConverter converter = new JacksonJsonMessageConverter();
  private final String argument = Dialogue.argument();
  private final int window = Dialogue.number("WINDOW");
  private final Semaphore places = new Semaphore(window);
  private final Map<String, Boolean> unfinished = new ConcurrentHashMap<>();
  private final AtomicInteger completed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile long lastCompletion;
  private final AtomicLong lastId = new AtomicLong();

  private SpringClient(RabbitTemplate template) {
    this.template = template;
  }

  public static void main(String[] args) throws Exception {
    CachingConnectionFactory connections = Queues.connect(ConfirmType.SIMPLE);
    RabbitTemplate template = new RabbitTemplate(connections);
    template.setMessageConverter(new JacksonJsonMessageConverter());
    SpringClient client = new SpringClient(template);
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
    container.setQueueNames(Queues.RESULTS);
    container.setPrefetchCount(5 * Queues.BATCH);
    container.setConsumerBatchEnabled(true);
    container.setBatchSize(Queues.BATCH);
    container.setBatchReceiveTimeout(5);
    container.setReceiveTimeout(5);
    container.setMessageListener((BatchMessageListener) batch -> batch.forEach(client::ended));
    container.afterPropertiesSet();
    container.start();
    client.places.acquire();
    client.submit(1);
    if (client.awaitLast() > 0) {
      throw new IllegalStateException("the first task did not come back");
    }
    Dialogue.hold(client::run);
    container.stop();
    connections.destroy();
    System.exit(0);
  }

  private Dialogue.Result run(Duration time) throws InterruptedException {
    completed.set(0);
    failed.set(0);
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    int alone = Queues.alone();
    long submitted = alone == 0 ? submitUntil(end, TOGETHER) : submitAloneUntil(end, alone);
    awaitLast();
    return Dialogue.Result.of(begin, lastCompletion, completed.get(), failed.get(), submitted);
  }

  /** Submits with several threads, each a task at a time; answers how many tasks that were. */
  private long submitAloneUntil(long end, int threads) throws InterruptedException {
    AtomicLong submitted = new AtomicLong();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      senders.add(
          Thread.ofPlatform()
              .name("sender-" + i)
              .start(
                  () -> {
                    try {
                      submitted.addAndGet(submitUntil(end, 1));
                    } catch (InterruptedException interrupted) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    return submitted.get();
  }

  /** Submits up to so many tasks with one wait for their confirms, as often as there is room. */
  private long submitUntil(long end, int together) throws InterruptedException {
    long submitted = 0;
    while (System.nanoTime() < end
        && places.tryAcquire(Dialogue.LAST_ANSWERS.toSeconds(), TimeUnit.SECONDS)) {
      int tasks = 1;
      while (tasks < together && places.tryAcquire()) {
        tasks++;
      }
      submit(tasks);
      submitted += tasks;
    }
    return submitted;
  }

  /** Takes places that its caller has acquired; on one channel, with one wait for their confirms. */
  private void submit(int tasks) {
    template.invoke(
        operations -> {
          for (int i = 0; i < tasks; i++) {
            String id = Long.toString(lastId.incrementAndGet());
            unfinished.put(id, true);
            MessageProperties properties = new MessageProperties();
            properties.setCorrelationId(id);
            operations.send("", Queues.TASKS, converter.toMessage(argument, properties));
          }
          operations.waitForConfirmsOrDie(CONFIRM_MILLIS);
          return null;
        });
  }

  /** One thread: the container's only consumer. */
  private void ended(Message result) {
    if (unfinished.remove(result.getMessageProperties().getCorrelationId()) == null) {
      return;
    }
    if (converter.fromMessage(result).equals(argument)) {
      lastCompletion = System.nanoTime();
      completed.incrementAndGet();
    } else {
      failed.incrementAndGet();
    }
    places.release();
  }

  /** How many have not ended. */
  private int awaitLast() throws InterruptedException {
    if (places.tryAcquire(window, Dialogue.LAST_ANSWERS.toSeconds(), TimeUnit.SECONDS)) {
      places.release(window);
    }
    return window - places.availablePermits();
  }
}
