import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.amqp.core.BatchMessageListener;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;

/** Keeps a window of tasks unfinished: confirmed by the broker, and their results awaited. */
public final class SpringClient {
  private final RabbitTemplate template;
  private final JacksonJsonMessageConverter converter = new JacksonJsonMessageConverter();
  private final String argument = Dialogue.argument();
  private final int window = Dialogue.number("WINDOW");
  private final Semaphore places = new Semaphore(window);
  private final Map<String, Boolean> unfinished = new ConcurrentHashMap<>();
  private final AtomicInteger completed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile long lastCompletion;
  private long lastId;

  private SpringClient(RabbitTemplate template) {
    this.template = template;
  }

  public static void main(String[] args) throws Exception {
    CachingConnectionFactory connections = Queues.connect(ConfirmType.CORRELATED);
    // A channel goes back to the cache when its messages are confirmed.
    connections.setChannelCacheSize(Dialogue.number("WINDOW") + 200);
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
    client.submit();
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
    long submitted = 0;
    while (System.nanoTime() - begin < time.toNanos()) {
      if (!places.tryAcquire(Dialogue.LAST_ANSWERS.toSeconds(), TimeUnit.SECONDS)) {
        break;
      }
      submit();
      submitted++;
    }
    awaitLast();
    return Dialogue.Result.of(begin, lastCompletion, completed.get(), failed.get(), submitted);
  }

  /** Takes a place that its caller has acquired. */
  private void submit() {
    String id = Long.toString(++lastId);
    unfinished.put(id, true);
    CorrelationData correlation = new CorrelationData(id);
    correlation
        .getFuture()
        .thenAccept(
            confirm -> {
              if (!confirm.ack() && unfinished.remove(id) != null) {
                failed.incrementAndGet();
                places.release();
              }
            });
    MessagePostProcessor withId =
        message -> {
          message.getMessageProperties().setCorrelationId(id);
          return message;
        };
    template.convertAndSend("", Queues.TASKS, argument, withId, correlation);
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
