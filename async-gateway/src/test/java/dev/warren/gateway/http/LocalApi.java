package dev.warren.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.BrokerUnreachableException;
import dev.warren.engine.codec.JsonCodec;
import dev.warren.engine.health.Health;
import dev.warren.gateway.aggregate.ResultStore;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.producer.WarrenClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The API and its store, with the broker away: for all that needs none. */
final class LocalApi implements AutoCloseable {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ResultStore store;
  private final HttpApi api;
  private final Caller caller;
  private volatile boolean ready = true;

  LocalApi(Path folder, HttpSettings settings) {
    this(
        folder,
        settings,
        () -> {
          throw new BrokerUnreachableException("nobody answers at amqp://127.0.0.1:1");
        });
  }

  LocalApi(Path folder, HttpSettings settings, Supplier<WarrenClient> connect) {
    store = ResultStore.open(StoreSettings.in(folder.resolve("store")), registry);
    ObjectNode about = JsonCodec.json().createObjectNode().put("process", "test");
    api =
        new HttpApi(
            settings,
            new HttpApi.Parts(
                store,
                connect,
                () -> new Health(ready, ready ? "" : "it stops", about),
                () -> "up 1\n",
                registry));
    api.start();
    caller = new Caller(api.address());
  }

  /** From now on its health says that it is not ready. */
  void becomeUnready() {
    ready = false;
  }

  HttpApi api() {
    return api;
  }

  Caller caller() {
    return caller;
  }

  ResultStore store() {
    return store;
  }

  double held(String kind) {
    return registry.get("warren.http.held").tag("kind", kind).gauge().value();
  }

  SimpleMeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    caller.close();
    api.close();
    store.close();
  }
}
