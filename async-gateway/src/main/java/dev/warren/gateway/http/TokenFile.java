package dev.warren.gateway.http;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that callers must show, as a file says it. Only its digest is kept. Safe for concurrent
 * use; {@link #refresh} reads the file and blocks.
 */
final class TokenFile {
  private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);
  private static final int LEAST_LENGTH = 16;

  private final Path file;
  private volatile byte[] digest;
  private volatile boolean unreadable;

  /**
   * @throws ConfigurationException if the file cannot be read or has no good token
   */
  TokenFile(Path file) {
    this.file = file;
    this.digest = digest(read(file));
  }

  /** In constant time, so that the answer's time tells nothing of the token. */
  boolean matches(String shown) {
    return MessageDigest.isEqual(digest(shown), digest);
  }

  /** Takes over a changed token; keeps the one it has while there is none to be read. */
  void refresh() {
    try {
      byte[] now = digest(read(file));
      if (!MessageDigest.isEqual(now, digest)) {
        digest = now;
        LOG.info("the token in {} has changed; the old one is worth nothing now", file);
      }
      unreadable = false;
    } catch (ConfigurationException gone) {
      if (!unreadable) {
        LOG.warn("{}; the last token stays valid", gone.getMessage());
      }
      unreadable = true;
    }
  }

  private static String read(Path file) {
    try {
      String token = Files.readString(file).strip();
      if (token.length() < LEAST_LENGTH) {
        throw new ConfigurationException(
            "the token in "
                + file
                + " is shorter than "
                + LEAST_LENGTH
                + " characters: write a long random one, as from 'openssl rand -hex 32'");
      }
      return token;
    } catch (IOException failed) {
      throw new ConfigurationException("the token file cannot be read: " + file, failed);
    }
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }
}
