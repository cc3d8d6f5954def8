package dev.warren.engine.startup;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** What a cache fits: this JVM, these flags, these jars as they are now. */
final class CacheKey {
  private static final int LETTERS = 32;

  /** Variables by which the JVM takes flags from its environment. */
  private static final List<String> FLAG_VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS");

  private CacheKey() {}

  /**
   * The key of a program, in letters and digits; empty where the JVM makes no caches: with folders
   * of classes on the class path.
   */
  static Optional<String> of(JavaProgram program) throws IOException {
    List<String> parts = new ArrayList<>(program.flags());
    for (String property : List.of("java.home", "java.vm.version", "java.vm.vendor", "os.arch")) {
      parts.add(System.getProperty(property, ""));
    }
    FLAG_VARIABLES.forEach(variable -> parts.add(System.getenv(variable) + ""));
    parts.add(program.training());
    Path runtime = Path.of(System.getProperty("java.home"), "lib", "modules");
    if (Files.exists(runtime)) {
      parts.add(stamp(runtime));
    }
    Map<Path, String> jars = withWhatTheyName(program.classPath());
    if (jars.keySet().stream().anyMatch(Files::isDirectory)) {
      return Optional.empty();
    }
    parts.addAll(jars.values());
    return Optional.of(digest(parts));
  }

  private static String stamp(Path file) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    return file + " " + found.size() + " " + found.lastModifiedTime().toMillis();
  }

  /**
   * The class path, and the jars that its jars name in their manifests; each with what is in it.
   */
  private static Map<Path, String> withWhatTheyName(String classPath) throws IOException {
    Map<Path, String> all = new LinkedHashMap<>();
    Deque<Path> unread = new ArrayDeque<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      unread.add(Path.of(entry).toAbsolutePath().normalize());
    }
    for (Path jar = unread.poll(); jar != null; jar = unread.poll()) {
      if (all.containsKey(jar) || !Files.exists(jar)) {
        continue;
      }
      if (Files.isDirectory(jar)) {
        all.put(jar, "");
        continue;
      }
      try (JarFile file = new JarFile(jar.toFile(), false)) {
        all.put(jar, stamp(jar) + " " + contents(file));
        unread.addAll(named(jar, file));
      }
    }
    return all;
  }

  /**
   * From the check sums in its directory. Size and time do not tell: a build gives all its jars the
   * same time, and the JVM itself takes a cache of other jars (JDK-8377932).
   */
  private static String contents(JarFile jar) {
    long sum = 0;
    for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
      JarEntry entry = entries.nextElement();
      sum = (sum * 31 + entry.getName().hashCode()) * 31 + entry.getCrc();
    }
    return Long.toHexString(sum);
  }

  private static List<Path> named(Path jar, JarFile file) throws IOException {
    try {
      Manifest manifest = file.getManifest();
      String names =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      List<Path> named = new ArrayList<>();
      if (names != null && !names.isBlank()) {
        for (String name : names.strip().split("\\s+", -1)) {
          named.add(Path.of(jar.toUri().resolve(name)).normalize());
        }
      }
      return named;
    } catch (IllegalArgumentException strange) {
      throw new IOException(jar + " names jars that cannot be found", strange);
    }
  }

  private static String digest(List<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, LETTERS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JVM has SHA-256", impossible);
    }
  }
}
