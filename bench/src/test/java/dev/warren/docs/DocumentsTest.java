package dev.warren.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.TaskProvider;
import dev.warren.engine.connection.BrokerSettings;
import dev.warren.gateway.Gateway;
import dev.warren.gateway.GatewaySettings;
import dev.warren.gateway.aggregate.StoreSettings;
import dev.warren.gateway.http.HttpSettings;
import dev.warren.testkit.RabbitMq;
import dev.warren.testkit.VirtualHost;
import dev.warren.worker.Worker;
import dev.warren.worker.WorkerSettings;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles and runs the code in README.md and below docs/, so that what a reader copies works.
 *
 * <ul>
 *   <li>Every {@code java} block is a source file, with the imports it needs: classes, or a compact
 *       one with {@code void main()}. The blocks of a document are compiled together and know each
 *       other, and all of Warren is on their class path.
 *   <li>Every {@code python} block is compiled by {@code python3}.
 *   <li>A block behind a line {@code <!-- run: TEXT -->} is run too, in a process of its own, must
 *       end with exit code 0 within a minute, and must print TEXT. Instead of {@code amqp://broker}
 *       it gets the broker of the tests, where a gateway is and a worker with every {@link
 *       TaskProvider} of the document's blocks; if there is none, the programs bring their own.
 *       With {@code <!-- run -->} alone it must print the lines of the {@code text} block behind
 *       it, in their order. Python gets what is around it: its standard library at least.
 *   <li>A block of another language is not looked at.
 * </ul>
 */
@RabbitMq
class DocumentsTest {
  private static final String BROKER_OF_READERS = "amqp://broker";
  private static final String CLASS_PATH = System.getProperty("java.class.path");
  private static final long LIMIT_SECONDS = 60;

  private final VirtualHost host;
  private final Path work;

  DocumentsTest(VirtualHost host, @TempDir Path work) {
    this.host = host;
    this.work = work;
  }

  @TestFactory
  Stream<DynamicTest> codeInDocumentsIsCompiledAndRun() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : documents()) {
      List<Snippet> java = ofLanguage(document, "java");
      List<Snippet> python = ofLanguage(document, "python");
      if (!java.isEmpty()) {
        tests.add(DynamicTest.dynamicTest(document.getFileName() + " in Java", () -> java(java)));
      }
      for (Snippet snippet : python) {
        tests.add(DynamicTest.dynamicTest(snippet + " in Python", () -> python(snippet)));
      }
    }
    assertThat(tests).as("the README has code in Java").isNotEmpty();
    return tests.stream();
  }

  private static List<Path> documents() throws IOException {
    // The tests of a module run in its folder.
    Path root = Path.of("..").toRealPath();
    List<Path> documents = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> all = Files.walk(root.resolve("docs"))) {
      all.filter(file -> file.toString().endsWith(".md"))
          .sorted(Comparator.naturalOrder())
          .forEach(documents::add);
    }
    return documents;
  }

  private static List<Snippet> ofLanguage(Path document, String language) throws IOException {
    return Snippet.of(document).stream().filter(one -> one.language().equals(language)).toList();
  }

  private void java(List<Snippet> snippets) throws Exception {
    Path folder = Files.createTempDirectory(work, "java");
    compile(snippets, folder);
    List<Snippet> toRun = snippets.stream().filter(one -> one.prints().isPresent()).toList();
    if (toRun.isEmpty()) {
      return;
    }
    URL[] classes = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes)) {
      List<TaskProvider> providers = providers(snippets, loader);
      if (providers.isEmpty()) {
        // Beside its own workers another one would get tasks that it does not know.
        run(toRun, folder);
        return;
      }
      try (Worker worker = worker(providers);
          Gateway gateway = gateway(folder.resolve("gateway"))) {
        worker.start();
        gateway.startAggregating();
        gateway.startServing(HttpSettings.ANY_PORT);
        gateway.member().start();
        run(toRun, folder);
      }
    }
  }

  private void run(List<Snippet> programs, Path folder) throws Exception {
    String path = folder + File.pathSeparator + CLASS_PATH;
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    for (Snippet snippet : programs) {
      assertThat(snippet.isProgram()).as("%s has a main method", snippet).isTrue();
      run(snippet, List.of(java.toString(), "-cp", path, snippet.className()));
    }
  }

  private void compile(List<Snippet> snippets, Path folder) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Snippet snippet : snippets) {
      sources.add(write(snippet, folder.resolve(snippet.className() + ".java")));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      boolean good =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-d", folder.toString(), "-cp", CLASS_PATH, "-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(good).as("%s compiles: %s", snippets, messages).isTrue();
    }
  }

  private Gateway gateway(Path data) {
    return new Gateway(
        GatewaySettings.of(BrokerSettings.of(host.uri())).withStore(StoreSettings.in(data)),
        List.of());
  }

  private static List<TaskProvider> providers(List<Snippet> snippets, ClassLoader loader)
      throws ReflectiveOperationException {
    List<TaskProvider> providers = new ArrayList<>();
    for (Snippet snippet : snippets) {
      Class<?> type = loader.loadClass(snippet.className());
      if (TaskProvider.class.isAssignableFrom(type)) {
        providers.add((TaskProvider) type.getDeclaredConstructor().newInstance());
      }
    }
    return providers;
  }

  private Worker worker(List<TaskProvider> providers) {
    Worker.Builder builder = Worker.builder(WorkerSettings.of(BrokerSettings.of(host.uri())));
    providers.forEach(builder::provider);
    return builder.build();
  }

  private void python(Snippet snippet) throws Exception {
    Path folder = Files.createTempDirectory(work, "python");
    Path source = write(snippet, folder.resolve("snippet.py"));
    List<String> compile = List.of("python3", "-m", "py_compile", source.toString());
    assertThat(end(snippet, compile, folder.resolve("compiled"))).isZero();
    if (snippet.prints().isPresent()) {
      run(snippet, List.of("python3", source.toString()));
    }
  }

  private Path write(Snippet snippet, Path file) throws IOException {
    return Files.writeString(
        file, snippet.text().replace(BROKER_OF_READERS, host.uri().toString()));
  }

  private void run(Snippet snippet, List<String> command) throws Exception {
    Path output = Files.createTempFile(work, "output", "");
    int code = end(snippet, command, output);
    assertThat(code).as("exit code of %s: %s", snippet, Files.readString(output)).isZero();
    String expected = snippet.prints().orElseThrow();
    if (expected.endsWith("\n")) {
      assertThat(Files.readAllLines(output))
          .as("lines of %s", snippet)
          .containsSubsequence(expected.lines().toList());
    } else {
      assertThat(Files.readString(output)).as("output of %s", snippet).contains(expected);
    }
  }

  private static int end(Snippet snippet, List<String> command, Path output) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as("%s ends within a minute", snippet).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
