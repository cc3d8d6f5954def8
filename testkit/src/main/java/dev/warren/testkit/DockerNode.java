package dev.warren.testkit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.rabbitmq.RabbitMQContainer;
import org.testcontainers.utility.DockerImageName;

/** A broker in a container. Its ports on this machine stay when it is stopped and started. */
final class DockerNode implements BrokerNode, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int AMQP = 5672;
  private static final int HTTP = 15672;

  private final RabbitMQContainer container;

  private DockerNode(RabbitMQContainer container) {
    this.container = container;
  }

  static DockerNode start(String image) {
    DockerImageName name = DockerImageName.parse(image).asCompatibleSubstituteFor("rabbitmq");
    RabbitMQContainer container =
        new RabbitMQContainer(name)
            .withAdminUser("warren")
            .withAdminPassword(Names.random() + Names.random())
            .withCreateContainerCmdModifier(DockerNode::fixPorts);
    // Testcontainers would also wait for the TLS ports to be published.
    container.setExposedPorts(List.of(AMQP, HTTP));
    try {
      container.start();
    } catch (RuntimeException e) {
      throw new BrokerException(
          "no broker from the image '%s': %s%n%s"
              .formatted(image, e.getMessage(), BrokerChoice.HOW_TO_GET_A_BROKER),
          e);
    }
    return new DockerNode(container);
  }

  /** Docker would choose other ports at each start. */
  private static void fixPorts(CreateContainerCmd command) {
    HostConfig host = Objects.requireNonNull(command.getHostConfig(), "configuration of the host");
    command.withHostConfig(host.withPortBindings(fixed(AMQP), fixed(HTTP)));
  }

  private static PortBinding fixed(int port) {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String docker = DockerClientFactory.instance().dockerHostIpAddress();
      Ports.Binding binding =
          InetAddress.getByName(docker).isLoopbackAddress()
              ? Ports.Binding.bindIpAndPort("127.0.0.1", free.getLocalPort())
              : Ports.Binding.bindPort(free.getLocalPort());
      return new PortBinding(binding, ExposedPort.tcp(port));
    } catch (IOException e) {
      throw new BrokerException("no free port on this machine", e);
    }
  }

  BrokerAddress address() {
    URI amqp =
        URI.create(
            "amqp://%s:%s@%s:%d"
                .formatted(
                    container.getAdminUsername(),
                    container.getAdminPassword(),
                    container.getHost(),
                    container.getMappedPort(AMQP)));
    return new BrokerAddress(amqp, URI.create(container.getHttpUrl()));
  }

  @Override
  public void start() {
    if (!container.isRunning()) {
      docker().startContainerCmd(container.getContainerId()).exec();
    }
    Awaitility.await("the broker in container " + container.getContainerId())
        .atMost(LIMIT)
        .until(() -> Probe.answers(address()));
  }

  @Override
  public void stop() {
    docker().stopContainerCmd(container.getContainerId()).withTimeout(60).exec();
  }

  @Override
  public void kill() {
    docker().killContainerCmd(container.getContainerId()).exec();
    Awaitility.await("end of container " + container.getContainerId())
        .atMost(LIMIT)
        .until(() -> !container.isRunning());
  }

  @Override
  public String ctl(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "rabbitmqctl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      ExecResult result = container.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new BrokerException(
            "'%s' failed in the container: %s%s"
                .formatted(String.join(" ", command), result.getStdout(), result.getStderr()));
      }
      return result.getStdout().strip();
    } catch (IOException e) {
      throw new BrokerException("cannot run rabbitmqctl in the container", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted in rabbitmqctl", e);
    }
  }

  @Override
  public void close() {
    container.stop();
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }
}
