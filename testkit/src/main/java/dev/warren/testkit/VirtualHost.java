package dev.warren.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/**
 * A virtual host made for a test, and what an administrator can see and do in it. Closing it
 * deletes it with all that is in it, and the users made for it. Safe for use by several threads.
 */
public final class VirtualHost implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Broker broker;
  private final String name;
  private final List<String> users = new CopyOnWriteArrayList<>();

  VirtualHost(Broker broker, String name) {
    this.broker = broker;
    this.name = name;
  }

  /** Name of the virtual host. */
  public String name() {
    return name;
  }

  /** The broker it is on. */
  public Broker broker() {
    return broker;
  }

  /** AMQP URI with the virtual host and the credentials of a user who may do everything in it. */
  public URI uri() {
    return broker.address().amqpUri(name);
  }

  /**
   * Makes a user who can log in to this virtual host.
   *
   * @return AMQP URI with the virtual host and the user's credentials
   */
  public URI createUser(Permissions permissions) {
    URI uri =
        broker.address().amqpUri("user-" + Names.random(), Names.random() + Names.random(), name);
    putUser(uri, permissions);
    return uri;
  }

  /**
   * Makes a user with these credentials, or gives the one of this name this password and these
   * permissions. Connections that are open stay so; the broker looks at permissions again on new
   * channels.
   *
   * @param credentials as {@link #createUser} gave them, or changed since
   */
  public void putUser(URI credentials, Permissions permissions) {
    BrokerAddress login = new BrokerAddress(credentials, managementUri());
    String user = login.user();
    ManagementApi api = broker.management();
    api.put(ManagementApi.path("users", user), Map.of("password", login.password(), "tags", ""));
    if (!users.contains(user)) {
      users.add(user);
    }
    api.put(
        ManagementApi.path("permissions", name, user),
        Map.of(
            "configure", permissions.configure(),
            "write", permissions.write(),
            "read", permissions.read()));
    for (Permissions.Topic topic : permissions.topics()) {
      api.put(
          ManagementApi.path("topic-permissions", name, user),
          Map.of("exchange", topic.exchange(), "write", topic.write(), "read", topic.read()));
    }
  }

  /** Deletes a user; the broker closes its connections. */
  public void deleteUser(URI credentials) {
    String user = new BrokerAddress(credentials, managementUri()).user();
    broker.management().delete(ManagementApi.path("users", user));
    users.remove(user);
  }

  private URI managementUri() {
    return broker.managementUri();
  }

  /** The connections to this virtual host; one that was opened just now may still lack. */
  public List<ConnectionView> connections() {
    return list(ManagementApi.path("vhosts", name, "connections"), ConnectionView::of);
  }

  /** The open channels. */
  public List<ChannelView> channels() {
    return list(ManagementApi.path("vhosts", name, "channels"), ChannelView::of);
  }

  /** The queues. */
  public List<QueueView> queues() {
    return list(ManagementApi.path("queues", name), QueueView::of);
  }

  /** The consumers. */
  public List<ConsumerView> consumers() {
    return list(ManagementApi.path("consumers", name), ConsumerView::of);
  }

  /** The bindings, with those that the default exchange has to every queue. */
  public List<BindingView> bindings() {
    return list(ManagementApi.path("bindings", name), BindingView::of);
  }

  /**
   * Closes, on the broker's side, all connections whose client named them so; waits for at least
   * one to be there.
   */
  public void closeConnections(String clientName) {
    List<ConnectionView> found =
        Awaitility.await("a connection named '" + clientName + "' in " + name)
            .atMost(LIMIT)
            .until(
                () ->
                    connections().stream()
                        .filter(connection -> connection.clientName().equals(clientName))
                        .toList(),
                list -> !list.isEmpty());
    found.forEach(this::closeConnection);
  }

  /** Closes one connection on the broker's side (code 320, connection forced). */
  public void closeConnection(ConnectionView connection) {
    broker.management().delete(ManagementApi.path("connections", connection.name()));
  }

  /** Deletes a queue with all that is in it, whoever uses it. */
  public void deleteQueue(String queue) {
    broker.management().delete(ManagementApi.path("queues", name, queue));
  }

  /** Deletes an exchange and the bindings from it. */
  public void deleteExchange(String exchange) {
    broker.management().delete(ManagementApi.path("exchanges", name, exchange));
  }

  /** Removes the binding of a queue to an exchange. */
  public void unbindQueue(String queue, String exchange, String routingKey) {
    run("unbind " + queue, channel -> channel.queueUnbind(queue, exchange, routingKey));
  }

  /**
   * How many messages of a queue wait for a consumer: exact at this moment. A quorum queue counts
   * nothing while it elects a leader, as just after a restart.
   */
  public long readyCount(String queue) {
    return run("count " + queue, channel -> channel.messageCount(queue));
  }

  /**
   * Publishes a message as it is and waits until the broker has confirmed it. One that no queue
   * gets is confirmed too.
   */
  public void publish(String exchange, String routingKey, BasicProperties properties, byte[] body) {
    run(
        "publish to " + exchange,
        channel -> {
          channel.confirmSelect();
          channel.basicPublish(exchange, routingKey, properties, body);
          channel.waitForConfirmsOrDie(LIMIT.toMillis());
          return true;
        });
  }

  /**
   * Looks at messages that wait in a queue and puts them back. A quorum queue counts this as a
   * delivery of each.
   *
   * @param limit how many at most
   */
  public List<GetResponse> peek(String queue, int limit) {
    return run(
        "peek into " + queue,
        channel -> {
          List<GetResponse> messages = new ArrayList<>();
          while (messages.size() < limit) {
            GetResponse message = channel.basicGet(queue, false);
            if (message == null) {
              break;
            }
            messages.add(message);
          }
          return List.copyOf(messages);
        });
  }

  /**
   * A new connection, without the client's automatic recovery.
   *
   * @param connectionName what the broker's user interface shows it as
   */
  public Connection connect(String connectionName) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    try {
      factory.setUri(uri());
      return factory.newConnection(connectionName);
    } catch (IOException | TimeoutException | GeneralSecurityException e) {
      throw new BrokerException("cannot connect to " + name + " at " + broker.address(), e);
    }
  }

  @Override
  public void close() {
    broker.awaitLeaders(name);
    broker.management().deleteVirtualHost(name);
    users.forEach(user -> broker.management().delete(ManagementApi.path("users", user)));
    users.clear();
  }

  private <T> List<T> list(String path, Function<JsonNode, T> view) {
    return StreamSupport.stream(broker.management().get(path).spliterator(), false)
        .map(view)
        .toList();
  }

  private <T> T run(String what, ChannelAction<T> action) {
    try (Connection connection = connect("testkit: " + what);
        Channel channel = connection.createChannel()) {
      return action.on(channel);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted in: " + what, e);
    } catch (IOException | TimeoutException e) {
      throw new BrokerException("cannot " + what + " in " + name + ": " + e, e);
    }
  }

  @FunctionalInterface
  private interface ChannelAction<T> {
    T on(Channel channel) throws IOException, TimeoutException, InterruptedException;
  }
}
