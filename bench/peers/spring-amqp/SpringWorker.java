import java.util.List;
import org.springframework.amqp.core.BatchMessageListener;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;

/**
 * Gives back the argument of each task. The results of a batch are sent and their confirms awaited;
 * then the container acknowledges the batch. With {@code PEER_ALONE}, so many consumers do that for
 * a task at a time.
 */
public final class SpringWorker {
  private static final int CONSUMERS = 4;
  private static final long CONFIRM_MILLIS = 30_000;

  private SpringWorker() {}

  public static void main(String[] args) throws Exception {
    CachingConnectionFactory connections = Queues.connect(ConfirmType.SIMPLE);
    RabbitTemplate template = new RabbitTemplate(connections);
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connections);
    container.setQueueNames(Queues.TASKS);
    int alone = Queues.alone();
    if (alone > 0) {
      container.setConcurrentConsumers(alone);
      container.setMessageListener((MessageListener) task -> answer(List.of(task), template));
    } else {
      inBatches(container, template);
    }
    container.afterPropertiesSet();
    container.start();
    Dialogue.awaitEndOfInput();
    container.stop();
    connections.destroy();
  }

  private static void inBatches(
      SimpleMessageListenerContainer container, RabbitTemplate template) {
    container.setConcurrentConsumers(CONSUMERS);
    container.setPrefetchCount(5 * Queues.BATCH);
    container.setConsumerBatchEnabled(true);
    container.setBatchSize(Queues.BATCH);
    // A batch does not wait for its last messages.
    container.setBatchReceiveTimeout(5);
    container.setReceiveTimeout(5);
    container.setMessageListener((BatchMessageListener) batch -> answer(batch, template));
  }

  private static void answer(List<Message> batch, RabbitTemplate template) {
    JacksonJsonMessageConverter converter = new JacksonJsonMessageConverter();
    template.invoke(
        operations -> {
          for (Message task : batch) {
            MessageProperties properties = new MessageProperties();
            properties.setCorrelationId(task.getMessageProperties().getCorrelationId());
            Object argument = converter.fromMessage(task);
            operations.send("", Queues.RESULTS, converter.toMessage(argument, properties));
          }
          operations.waitForConfirmsOrDie(CONFIRM_MILLIS);
          return null;
        });
  }
}
