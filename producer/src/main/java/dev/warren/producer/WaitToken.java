package dev.warren.producer;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names of waiting queues: not to be guessed, as who knows one may listen in. */
final class WaitToken {
  private static final int BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private WaitToken() {}

  /** 128 random bits in hexadecimal. */
  static String next() {
    byte[] token = new byte[BYTES];
    RANDOM.nextBytes(token);
    return HexFormat.of().formatHex(token);
  }
}
