package dev.warren.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may know whom, in all of the product. Here, because this module sees all others. */
class ArchitectureTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.warren");

  private static final String API = "dev.warren.api..";
  private static final String ENGINE = "dev.warren.engine..";
  private static final String PRODUCER = "dev.warren.producer..";
  private static final String COMMANDS = "dev.warren.producer.cli..";
  private static final String WORKER = "dev.warren.worker..";
  private static final String GATEWAY = "dev.warren.gateway..";
  private static final String TASKS = "dev.warren.tasks..";

  @Test
  void everyPartIsSeen() {
    for (String part : List.of("api", "engine", "producer", "worker", "gateway", "tasks")) {
      assertThat(PRODUCT)
          .as(part)
          .anyMatch(one -> one.getPackageName().startsWith("dev.warren." + part));
    }
  }

  @Test
  void theApiKnowsNothingButJava() {
    classes()
        .that()
        .resideInAPackage(API)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(API, "java..", "org.jspecify..")
        .check(PRODUCT);
  }

  @Test
  void tasksAreWrittenAgainstTheApiAlone() {
    classes()
        .that()
        .resideInAPackage(TASKS)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(TASKS, API, "java..", "javax.imageio..", "org.jspecify..")
        .check(PRODUCT);
  }

  @Test
  void importsRunOneWay() {
    nobodyIn(ENGINE).mayKnow(PRODUCER, WORKER, GATEWAY, TASKS, "dev.warren.testkit..");
    nobodyIn(PRODUCER).mayKnow(WORKER, GATEWAY, TASKS, "dev.warren.testkit..");
    nobodyIn(WORKER).mayKnow(GATEWAY, TASKS, "dev.warren.testkit..");
    nobodyIn(GATEWAY).mayKnow(WORKER, TASKS, "dev.warren.testkit..");
  }

  @Test
  void nobodyKnowsTheCommandLineButItself() {
    noClasses()
        .that()
        .resideOutsideOfPackage(COMMANDS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(COMMANDS, "picocli..")
        .check(PRODUCT);
  }

  @Test
  void amqpStaysInTheEngineAndTheProducersLibrary() {
    noClasses()
        .that()
        .resideInAnyPackage(API, COMMANDS, WORKER, GATEWAY, TASKS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.rabbitmq..")
        .check(PRODUCT);
  }

  @Test
  void librariesStayWhereTheyBelong() {
    // Non-blocking tasks are users of it.
    noClasses()
        .that()
        .resideOutsideOfPackages(GATEWAY, "dev.warren.bench.lane..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..")
        .check(PRODUCT);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.warren.engine.metrics..", "dev.warren.engine.member..", WORKER, GATEWAY)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..")
        .check(PRODUCT);
    noClasses()
        .that()
        .resideInAnyPackage(API, ENGINE, "dev.warren.producer", WORKER, GATEWAY, TASKS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ch.qos.logback..", "java.util.logging..")
        .check(PRODUCT);
  }

  @Test
  void theEngineHasNoCycles() {
    slices().matching("dev.warren.engine.(*)..").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void nobodySleeps() {
    noClasses()
        .should()
        .callMethodWhere(
            JavaCall.Predicates.target(
                    HasOwner.Predicates.With.owner(HasName.Predicates.name(Thread.class.getName())))
                .and(JavaCall.Predicates.target(HasName.Predicates.name("sleep"))))
        .check(PRODUCT);
  }

  @Test
  void noFileIsLongerThanAPersonReads() throws IOException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    try (Stream<Path> files = Files.walk(root, 20)) {
      List<Path> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.toString().contains("/target/"))
              .toList();
      assertThat(sources).hasSizeGreaterThan(100);
      for (Path source : sources) {
        try (Stream<String> lines = Files.lines(source)) {
          long limit = source.toString().contains("/src/main/") ? 500 : 700;
          assertThat(lines.count()).as("%s", root.relativize(source)).isLessThanOrEqualTo(limit);
        }
      }
    }
  }

  private static Rule nobodyIn(String part) {
    return forbidden ->
        noClasses()
            .that()
            .resideInAPackage(part)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden)
            .check(PRODUCT);
  }

  @FunctionalInterface
  private interface Rule {
    void mayKnow(String... forbidden);
  }
}
