package dev.warren.gateway.tasks;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What an address is, if it is no ordinary public one. After the special-purpose registries of IANA
 * (RFC 6890 and what updates it), and the addresses where clouds hand out credentials.
 *
 * @param name for people
 * @param own whether it belongs to a private network or this machine, rather than to nobody
 */
record AddressKind(String name, boolean own) {
  private record Entry(Network network, AddressKind kind) {
    Entry(String network, String name, boolean own) {
      this(Network.of(network), new AddressKind(name, own));
    }
  }

  private static final String METADATA = "cloud metadata";

  /** The first that contains an address counts. */
  private static final List<Entry> KNOWN =
      List.of(
          // AWS, Google, Azure and most others; tasks and pods on AWS; Alibaba; Oracle; Azure's
          // host, which is a public address; IPv6 on AWS and Google.
          new Entry("169.254.169.254", METADATA, false),
          new Entry("169.254.170.0/24", METADATA, false),
          new Entry("100.100.100.200", METADATA, false),
          new Entry("192.0.0.192", METADATA, false),
          new Entry("168.63.129.16", METADATA, false),
          new Entry("fd00:ec2::/32", METADATA, false),
          new Entry("fd20:ce::254", METADATA, false),
          new Entry("0.0.0.0/8", "unspecified", false),
          new Entry("10.0.0.0/8", "private", true),
          new Entry("100.64.0.0/10", "shared by a carrier (CGNAT)", true),
          new Entry("127.0.0.0/8", "loopback", true),
          new Entry("169.254.0.0/16", "link-local", true),
          new Entry("172.16.0.0/12", "private", true),
          new Entry("192.0.0.0/24", "reserved", false),
          new Entry("192.0.2.0/24", "for documentation", false),
          new Entry("192.88.99.0/24", "a 6to4 relay", false),
          new Entry("192.168.0.0/16", "private", true),
          new Entry("198.18.0.0/15", "for benchmarks", true),
          new Entry("198.51.100.0/24", "for documentation", false),
          new Entry("203.0.113.0/24", "for documentation", false),
          new Entry("224.0.0.0/4", "multicast", false),
          new Entry("240.0.0.0/4", "reserved", false),
          new Entry("::", "unspecified", false),
          new Entry("::1", "loopback", true),
          new Entry("64:ff9b:1::/48", "local NAT64", false),
          new Entry("100::/64", "discarded", false),
          new Entry("2001::/32", "a Teredo tunnel", false),
          new Entry("2001:db8::/32", "for documentation", false),
          new Entry("3fff::/20", "for documentation", false),
          new Entry("5f00::/16", "reserved", false),
          new Entry("fc00::/7", "private", true),
          new Entry("fe80::/10", "link-local", true),
          new Entry("fec0::/10", "private", true),
          new Entry("ff00::/8", "multicast", false));

  private static final Network COMPATIBLE = Network.of("::/96");
  private static final Network SIX_TO_FOUR = Network.of("2002::/16");
  private static final Network NAT64 = Network.of("64:ff9b::/96");

  /** What is special about an address; empty for an ordinary public one. */
  static Optional<AddressKind> of(InetAddress given) {
    InetAddress address = Network.of(given.getAddress());
    return KNOWN.stream()
        .filter(entry -> entry.network().contains(address))
        .map(Entry::kind)
        .findFirst()
        .or(() -> embedded(address).flatMap(AddressKind::of));
  }

  /** The IPv4 address that an IPv6 address leads to. */
  private static Optional<InetAddress> embedded(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16) {
      return Optional.empty();
    }
    if (SIX_TO_FOUR.contains(address)) {
      return Optional.of(Network.embedded(bytes, 2));
    }
    // ISATAP (RFC 5214): any prefix, then 0000:5efe or 0200:5efe, then the address.
    boolean isatap =
        (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == (byte) 0xfe;
    return COMPATIBLE.contains(address) || NAT64.contains(address) || isatap
        ? Optional.of(Network.embedded(bytes, 12))
        : Optional.empty();
  }
}
