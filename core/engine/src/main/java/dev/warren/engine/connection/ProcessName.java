package dev.warren.engine.connection;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Who a process of the fleet is: shown in the management UI, in outcomes and in {@code warren
 * workers}.
 *
 * @param role what it does: {@code worker}, {@code gateway}, {@code client}, {@code cli}.
 * @param host the machine or container.
 * @param pid the operating system's process id.
 * @param suffix tells apart processes of the same role, host and id: containers all count from 1.
 */
public record ProcessName(String role, String host, long pid, String suffix) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+");
  private static final int SUFFIX_LENGTH = 6;
  private static final String SUFFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int MAX_HOST_IN_TOKEN = 60;

  public ProcessName {
    if (!WORD.matcher(role).matches() || !WORD.matcher(suffix).matches()) {
      throw new ConfigurationException(
          "role and suffix of a process are letters, digits, '_' and '-', not '"
              + role
              + "', '"
              + suffix
              + "'");
    }
    Objects.requireNonNull(host, "host");
  }

  /** The name of this process in a role, with a random suffix: unique each time. */
  public static ProcessName of(String role) {
    SecureRandom random = new SecureRandom();
    StringBuilder suffix = new StringBuilder(SUFFIX_LENGTH);
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
      suffix.append(SUFFIX_ALPHABET.charAt(random.nextInt(SUFFIX_ALPHABET.length())));
    }
    return new ProcessName(role, hostName(), ProcessHandle.current().pid(), suffix.toString());
  }

  /** For people: {@code warren-worker@host:pid}. Two parts of one program may share it. */
  public String text() {
    return "warren-" + role + "@" + host + ":" + pid;
  }

  /** For names of queues: {@code worker-host-pid-suffix}, no dots, unique. */
  public String token() {
    String safe = host.replaceAll("[^A-Za-z0-9_-]", "-");
    String brief = safe.length() > MAX_HOST_IN_TOKEN ? safe.substring(0, MAX_HOST_IN_TOKEN) : safe;
    return role + "-" + brief + "-" + pid + "-" + suffix;
  }

  @Override
  public String toString() {
    return text();
  }

  private static String hostName() {
    String fromEnvironment = System.getenv("HOSTNAME");
    if (fromEnvironment != null && !fromEnvironment.isBlank()) {
      return fromEnvironment.strip();
    }
    // Asking the kernel costs nothing; asking the resolver may cost seconds where DNS is broken.
    Path kernel = Path.of("/proc/sys/kernel/hostname");
    try {
      if (Files.isReadable(kernel)) {
        return Files.readString(kernel).strip();
      }
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    } catch (IOException unreadable) {
      return "localhost";
    }
  }
}
