package dev.warren.engine.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupCacheTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir private Path folder;
  private Path jar;
  private Path caches;

  @BeforeEach
  void build() throws IOException {
    jar = jar("program.jar", "library.jar");
    caches = folder.resolve("caches");
  }

  @Test
  void isMadeOnceAndTakenFromThenOn() throws Exception {
    try (StartupCache cache = new StartupCache(caches, program("-XX:+UseSerialGC"))) {
      assertThat(cache.flags()).isEmpty();
      cache.start();
      assertThat(cache.awaitMade(LIMIT)).isTrue();
      assertThat(cache.flags()).hasSize(1);
      assertThat(run(cache.flags())).isEqualTo("ran\n");
      FileTime made = Files.getLastModifiedTime(cacheFiles().getFirst());
      assertThat(made.toInstant()).isAfter(Instant.now().minus(LIMIT));
    }
    try (StartupCache again = new StartupCache(caches, program("-XX:+UseSerialGC"))) {
      again.start();
      assertThat(again.awaitMade(LIMIT)).isTrue();
      assertThat(again.flags()).hasSize(1);
      assertThat(cacheFiles()).hasSize(1);
      Files.delete(cacheFiles().getFirst());
      assertThat(again.flags()).as("a cache that somebody removed").isEmpty();
    }
  }

  @Test
  void thatItCannotBeMadeIsNoErrorAndNotTriedAgainAtOnce() throws Exception {
    JavaProgram broken =
        new JavaProgram("small", List.of("-XX:NoSuchFlag"), jar.toString(), "NoSuchClass");
    for (int time = 0; time < 2; time++) {
      try (StartupCache cache = new StartupCache(caches, broken)) {
        cache.start();
        assertThat(cache.awaitMade(LIMIT)).isTrue();
        assertThat(cache.flags()).isEmpty();
      }
      Path log = caches.resolve("small.log");
      assertThat(Files.exists(log)).isEqualTo(time == 0);
      Files.deleteIfExists(log);
    }
  }

  @Test
  void aFolderInWhichOthersCanWriteIsNotTaken() throws Exception {
    Files.createDirectory(caches);
    Files.setPosixFilePermissions(caches, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> new CacheFolder(caches).open()).hasMessageContaining("others");
  }

  @Test
  void theKeyIsThatOfTheJarsAndOfWhatTheyNameAndOfTheFlags() throws Exception {
    String key = CacheKey.of(program()).orElseThrow();
    assertThat(CacheKey.of(program())).contains(key);
    assertThat(CacheKey.of(program("-Xmx64m"))).isPresent().get().isNotEqualTo(key);
    Path library = Files.writeString(folder.resolve("library.jar"), "");
    Files.delete(library);
    jar("library.jar", "");
    String withLibrary = CacheKey.of(program()).orElseThrow();
    assertThat(withLibrary).isNotEqualTo(key);
    Files.setLastModifiedTime(library, FileTime.from(Instant.EPOCH));
    assertThat(CacheKey.of(program())).isPresent().get().isNotEqualTo(withLibrary);
    JavaProgram ofFolder = new JavaProgram("small", List.of(), folder.toString(), "x.Main");
    assertThat(CacheKey.of(ofFolder)).as("folders of classes").isEmpty();
  }

  /** A build dates all its jars alike. */
  @Test
  void theKeyIsThatOfWhatIsInTheJarsThoughSizeAndTimeAreThoseOfOthers() throws Exception {
    Path library = jar("library.jar", "a.jar");
    Files.setLastModifiedTime(library, FileTime.from(Instant.EPOCH));
    long size = Files.size(library);
    String key = CacheKey.of(program()).orElseThrow();

    jar("library.jar", "b.jar");
    Files.setLastModifiedTime(library, FileTime.from(Instant.EPOCH));

    assertThat(library).hasSize(size);
    assertThat(CacheKey.of(program())).isPresent().get().isNotEqualTo(key);
  }

  @Test
  void onlyOldCachesThatNobodyUsesAreRemoved() throws Exception {
    CacheFolder opened = new CacheFolder(caches);
    opened.open();
    for (int age = 1; age <= 6; age++) {
      touch("small-" + age + ".aot", Duration.ofHours(2L * age));
    }
    touch("small-young.aot", Duration.ZERO);
    touch("small-x.aot.17.new", Duration.ofHours(2));
    touch("small-y.aot.18.new", Duration.ofMinutes(2));
    touch("other-1.aot", Duration.ofDays(100));
    assertThat(CacheFolder.use(opened.file("small-6.aot"))).isTrue();
    opened.removeOld("small");
    assertThat(names())
        .containsExactly(
            "other-1.aot",
            "small-1.aot",
            "small-2.aot",
            "small-6.aot",
            "small-y.aot.18.new",
            "small-young.aot");
  }

  @Test
  void theUsualFolderIsThatOfCaches() {
    assertThat(StartupCache.usualFolder(Map.of("HOME", "/h", "XDG_CACHE_HOME", "/c")))
        .contains(Path.of("/c/warren/startup"));
    assertThat(StartupCache.usualFolder(Map.of("HOME", "/h")))
        .contains(Path.of("/h/.cache/warren/startup"));
    assertThat(StartupCache.usualFolder(Map.of())).isEmpty();
  }

  private JavaProgram program(String... flags) {
    return new JavaProgram("small", List.of(flags), jar.toString(), SmallProgram.class.getName());
  }

  private String run(List<String> more) throws Exception {
    Process process =
        new ProcessBuilder(program("-XX:+UseSerialGC").command(more, SmallProgram.class.getName()))
            .redirectErrorStream(true)
            .start();
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<Path> cacheFiles() throws IOException {
    try (Stream<Path> files = Files.list(caches)) {
      return files.filter(file -> file.toString().endsWith(".aot")).toList();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(caches)) {
      return files.map(file -> file.getFileName() + "").sorted().toList();
    }
  }

  private void touch(String name, Duration age) throws IOException {
    Path file = Files.writeString(caches.resolve(name), "");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  private Path jar(String name, String named) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, named);
    Path made = folder.resolve(name);
    String entry = SmallProgram.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream output = new JarOutputStream(Files.newOutputStream(made), manifest);
        InputStream code =
            Objects.requireNonNull(
                SmallProgram.class.getResourceAsStream("SmallProgram.class"), "class")) {
      output.putNextEntry(new JarEntry(entry));
      code.transferTo(output);
    }
    return made;
  }
}
