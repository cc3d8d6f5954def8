package dev.warren.gateway.tasks;

import dev.warren.api.ConfigurationException;
import io.vertx.core.Context;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * How many HTTP exchanges go on at once, in all and with one host. The limits are those of a
 * gateway, whichever its event loops. Safe for concurrent use.
 */
final class ConnectionLimits {
  static final String ALL = "http.connections";
  static final String PER_HOST = "http.connections-per-host";

  /** As many as a gateway has in flight, unless told otherwise: then the lane is the limit. */
  static final int DEFAULT = 2_000;

  private final Gate all;
  private final int perHost;
  private final Map<String, HostGate> hosts = new ConcurrentHashMap<>();

  ConnectionLimits(int all, int perHost) {
    this.all = new Gate(all);
    this.perHost = perHost;
  }

  static ConnectionLimits of(Function<String, Optional<String>> settings) {
    return new ConnectionLimits(number(settings, ALL), number(settings, PER_HOST));
  }

  private static int number(Function<String, Optional<String>> settings, String name) {
    String text = settings.apply(name).orElse(String.valueOf(DEFAULT)).strip();
    if (!text.matches("[1-9][0-9]{0,5}")) {
      throw new ConfigurationException(name + " is a whole number from 1, not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  /** For whom a gate is kept: without users it is dropped. */
  private record HostGate(Gate gate, int users) {
    HostGate withUsers(int count) {
      return new HostGate(gate, count);
    }
  }

  /**
   * Asks for a place. {@code ready} is called on the context once there is one. The place must be
   * freed, had or not.
   */
  Place ask(String host, Context own, Runnable ready) {
    Gate gate =
        hosts
            .compute(
                host,
                (name, known) ->
                    known == null
                        ? new HostGate(new Gate(perHost), 1)
                        : known.withUsers(known.users() + 1))
            .gate();
    Place place = new Place(host, gate, own, ready);
    place.ask();
    return place;
  }

  /** How many hosts are in use. */
  int hosts() {
    return hosts.size();
  }

  private enum Stage {
    FOR_HOST,
    FOR_ALL,
    INSIDE,
    FREED
  }

  /** A place, or the wish for one. Used on its context only. */
  final class Place {
    private final String host;
    private final Gate gate;
    private final Runnable ready;
    private final Runnable hostEntered;
    private final Runnable allEntered;
    private Stage stage = Stage.FOR_HOST;

    private Place(String host, Gate gate, Context own, Runnable ready) {
      this.host = host;
      this.gate = gate;
      this.ready = ready;
      this.hostEntered = () -> own.runOnContext(nothing -> hostEntered());
      this.allEntered = () -> own.runOnContext(nothing -> allEntered());
    }

    private void ask() {
      gate.enter(hostEntered);
    }

    private void hostEntered() {
      if (stage == Stage.FREED) {
        leaveHost();
        return;
      }
      stage = Stage.FOR_ALL;
      all.enter(allEntered);
    }

    private void allEntered() {
      if (stage == Stage.FREED) {
        all.leave();
        leaveHost();
        return;
      }
      stage = Stage.INSIDE;
      ready.run();
    }

    /** Gives the place back, or stops waiting for it. May be called again. */
    void free() {
      Stage before = stage;
      stage = Stage.FREED;
      switch (before) {
        case FOR_HOST -> {
          // If it is no longer waiting, hostEntered is on its way and leaves.
          if (gate.forget(hostEntered)) {
            forgetHost();
          }
        }
        case FOR_ALL -> {
          if (all.forget(allEntered)) {
            leaveHost();
          }
        }
        case INSIDE -> {
          all.leave();
          leaveHost();
        }
        case FREED -> {}
      }
    }

    private void leaveHost() {
      gate.leave();
      forgetHost();
    }

    private void forgetHost() {
      hosts.computeIfPresent(
          host, (name, known) -> known.users() == 1 ? null : known.withUsers(known.users() - 1));
    }
  }
}
