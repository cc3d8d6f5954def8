package dev.warren.gateway.tasks;

import dev.warren.api.ConfigurationException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which addresses tasks may connect to. Arguments come from whoever may submit a task, so only
 * public addresses are open unless the gateway's operator says otherwise.
 *
 * @param allowPrivate whether private networks, link-local addresses and this machine are open; not
 *     metadata services, multicast and reserved addresses
 * @param hosts names that are open whatever they resolve to
 * @param networks addresses that are open whatever they are
 */
record AddressRules(boolean allowPrivate, Set<String> hosts, List<Network> networks) {
  static final String ALLOW_PRIVATE = "http.allow-private";
  static final String ALLOW = "http.allow";

  AddressRules {
    hosts = Set.copyOf(hosts);
    networks = List.copyOf(networks);
  }

  /** Reads {@code http.allow-private} and {@code http.allow}. */
  static AddressRules of(Function<String, Optional<String>> settings) {
    boolean allowPrivate =
        switch (settings.apply(ALLOW_PRIVATE).orElse("false").strip()) {
          case "true" -> true;
          case "false" -> false;
          default -> throw new ConfigurationException(ALLOW_PRIVATE + " is true or false");
        };
    Set<String> hosts = new HashSet<>();
    List<Network> networks = new ArrayList<>();
    for (String entry : settings.apply(ALLOW).orElse("").strip().split("[,\\s]+", -1)) {
      boolean name = entry.matches("[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*");
      if (name) {
        hosts.add(canonical(entry));
      } else if (!entry.isEmpty()) {
        networks.add(network(entry));
      }
    }
    return new AddressRules(allowPrivate, hosts, networks);
  }

  private static Network network(String entry) {
    try {
      return Network.of(entry);
    } catch (IllegalArgumentException neither) {
      throw new ConfigurationException(
          "%s: '%s' is no host, address or network such as 10.1.0.0/16".formatted(ALLOW, entry),
          neither);
    }
  }

  /** Why a host's address is closed, for people; empty if it is open. */
  Optional<String> objection(String host, InetAddress address) {
    if (hosts.contains(canonical(host))
        || networks.stream().anyMatch(network -> network.contains(address))) {
      return Optional.empty();
    }
    return AddressKind.of(address)
        .filter(kind -> !(allowPrivate && kind.own()))
        .map(kind -> address.getHostAddress() + " is " + kind.name());
  }

  private static String canonical(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
