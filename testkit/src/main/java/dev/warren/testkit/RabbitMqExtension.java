package dev.warren.testkit;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Keeps the broker in the store of the JVM's session, each virtual host in that of its class. */
final class RabbitMqExtension implements BeforeAllCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(RabbitMqExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    virtualHost(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == VirtualHost.class || type == Broker.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Broker.class
        ? sharedBroker(context)
        : virtualHost(context);
  }

  /** The broker of this JVM, started by whoever asks first. */
  static Broker sharedBroker(ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
        .computeIfAbsent(SharedBroker.class, key -> SharedBroker.open(), SharedBroker.class)
        .broker();
  }

  private static VirtualHost virtualHost(ExtensionContext context) {
    ExtensionContext ofClass = context;
    while (ofClass.getTestMethod().isPresent()) {
      ofClass = ofClass.getParent().orElseThrow();
    }
    String prefix = ofClass.getRequiredTestClass().getSimpleName();
    return ofClass
        .getStore(NAMESPACE)
        .computeIfAbsent(
            VirtualHost.class,
            key -> sharedBroker(context).createVirtualHost(prefix),
            VirtualHost.class);
  }

  /** The broker, or why there is none: what has failed once is not tried for each class again. */
  private record SharedBroker(Optional<Broker> opened, Optional<BrokerException> failure)
      implements AutoCloseable {
    static SharedBroker open() {
      try {
        Broker broker = BrokerChoice.fromEnvironment().open();
        return new SharedBroker(Optional.of(broker), Optional.empty());
      } catch (BrokerException e) {
        return new SharedBroker(Optional.empty(), Optional.of(e));
      }
    }

    Broker broker() {
      failure.ifPresent(
          cause -> {
            throw new BrokerException("no broker: " + cause.getMessage(), cause);
          });
      return opened.orElseThrow();
    }

    @Override
    public void close() {
      opened.ifPresent(Broker::close);
    }
  }
}
