package dev.warren.testkit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;

/** A virtual host made for a test; closing it deletes it with all that is in it. */
public final class VirtualHost implements AutoCloseable {
  private final Broker broker;
  private final String name;

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
    broker.management().delete(ManagementApi.path("vhosts", name));
  }
}
