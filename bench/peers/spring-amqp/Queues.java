import java.net.URI;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitAdmin;

/** What client and worker of the Spring AMQP peer share: two quorum queues. */
final class Queues {
  static final String TASKS = "peer-tasks";
  static final String RESULTS = "peer-results";

  /** How many messages a consumer takes at a time. */
  static final int BATCH = 50;

  private Queues() {}

  /** How many of each side work with one message at a time; 0 for batches. */
  static int alone() {
    return Integer.parseInt(System.getenv().getOrDefault("PEER_ALONE", "0"));
  }

  static CachingConnectionFactory connect(ConfirmType confirms) {
    CachingConnectionFactory connections =
        new CachingConnectionFactory(URI.create(Dialogue.setting("BROKER_URI")));
    connections.setPublisherConfirmType(confirms);
    // A channel for each that sends and for each that consumes; 25 is its default.
    connections.setChannelCacheSize(Math.max(25, 2 * alone()));
    RabbitAdmin admin = new RabbitAdmin(connections);
    admin.declareQueue(QueueBuilder.durable(TASKS).quorum().build());
    admin.declareQueue(QueueBuilder.durable(RESULTS).quorum().build());
    return connections;
  }
}
