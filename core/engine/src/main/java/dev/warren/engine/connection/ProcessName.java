package dev.warren.engine.connection;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Who a process, or one of several parts of a program, is in the fleet: shown in the management UI,
 * in outcomes and in {@code warren workers}.
 *
 * @param role what it does: {@code worker}, {@code gateway}, {@code client}, {@code cli}.
 * @param host the machine or container.
 * @param pid the operating system's process id.
 * @param suffix tells apart processes of the same role, host and id: containers all count from 1.
 * @param number tells apart parts of one program with the same role: from 1.
 */
public record ProcessName(String role, String host, long pid, String suffix, int number) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+");
  private static final int SUFFIX_LENGTH = 6;
  private static final String SUFFIX_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int MAX_HOST_IN_TOKEN = 60;
  private static final Map<String, AtomicInteger> NAMED = new ConcurrentHashMap<>();

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
    if (number < 1) {
      throw new ConfigurationException("parts of a program are counted from 1, not " + number);
    }
  }

  /** The first, and as a rule only, part of a program in its role. */
  public ProcessName(String role, String host, long pid, String suffix) {
    this(role, host, pid, suffix, 1);
  }

  /** The name of this process in a role, with its number and a random suffix: unique each time. */
  public static ProcessName of(String role) {
    SecureRandom random = new SecureRandom();
    StringBuilder suffix = new StringBuilder(SUFFIX_LENGTH);
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
      suffix.append(SUFFIX_ALPHABET.charAt(random.nextInt(SUFFIX_ALPHABET.length())));
    }
    int number = NAMED.computeIfAbsent(role, each -> new AtomicInteger()).incrementAndGet();
    return new ProcessName(
        role, hostName(), ProcessHandle.current().pid(), suffix.toString(), number);
  }

  /**
   * For people, and the name under which it answers: {@code warren-worker@host:pid}, and {@code
   * warren-worker@host:pid#2} for a second one in the same program.
   */
  public String text() {
    String first = "warren-" + role + "@" + host + ":" + pid;
    return number == 1 ? first : first + "#" + number;
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
