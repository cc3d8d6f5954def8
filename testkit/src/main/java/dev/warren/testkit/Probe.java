package dev.warren.testkit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;

/** Whether a broker can be used: lets its administrator in, by AMQP and by HTTP. */
final class Probe {
  private Probe() {}

  static boolean answers(BrokerAddress address) {
    try (ManagementApi management = new ManagementApi(address)) {
      return management.status("/api/whoami") == 200 && answersAmqp(address);
    } catch (BrokerException e) {
      return false;
    }
  }

  private static boolean answersAmqp(BrokerAddress address) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    try {
      factory.setUri(address.amqpUri("/"));
      try (Connection connection = factory.newConnection("testkit: probe")) {
        return connection.isOpen();
      }
    } catch (IOException | TimeoutException | GeneralSecurityException e) {
      return false;
    }
  }
}
