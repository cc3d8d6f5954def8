package dev.warren.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.warren.producer");

  @Test
  void theLibraryKnowsNothingOfTheCommandLine() {
    noClasses()
        .that()
        .resideInAPackage("dev.warren.producer")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.producer.cli..", "picocli..", "ch.qos.logback..")
        .check(classes);
  }

  @Test
  void theLibraryKnowsNoWorkerAndNoGateway() {
    noClasses()
        .that()
        .resideInAPackage("dev.warren.producer..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.worker..", "dev.warren.gateway..")
        .check(classes);
  }
}
