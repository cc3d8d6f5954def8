package dev.warren.gateway.tasks;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A range of IP addresses: those whose first bits are those of {@code address}. */
record Network(InetAddress address, int bits) {

  /**
   * Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a single address.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static Network of(String text) {
    int slash = text.indexOf('/');
    InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    int all = address.getAddress().length * Byte.SIZE;
    int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > all) {
      throw new IllegalArgumentException("a prefix of " + bits + " bits");
    }
    return new Network(address, bits);
  }

  boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % Byte.SIZE);
      if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The IPv4 address in four bytes of another address. */
  static InetAddress embedded(byte[] bytes, int at) {
    return of(new byte[] {bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
  }

  /** An address without a name: nobody resolves it again. IPv4 inside of IPv6 becomes IPv4. */
  static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", impossible);
    }
  }
}
