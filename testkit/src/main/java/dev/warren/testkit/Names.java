package dev.warren.testkit;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Parts of names, and passwords, that nobody else has. */
final class Names {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Names() {}

  /** Eight hexadecimal digits. */
  static String random() {
    byte[] bytes = new byte[4];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
