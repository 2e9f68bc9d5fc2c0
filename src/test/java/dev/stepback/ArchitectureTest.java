package dev.stepback;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The order of the packages, from the outside in. */
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter().importPath(Path.of("target/classes"));

    @Test
    void packages_haveNoCycles() {
        assertThat(MAIN).isNotEmpty();
        slices().matching("dev.stepback.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void targets_knowNeitherSlackNorTheEngine() {
        noClasses()
                .that()
                .resideInAPackage("..target..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "com.slack..", "dev.stepback.slack..", "dev.stepback.rollback..", "dev.stepback.command..")
                .check(MAIN);
    }

    @Test
    void engine_knowsNoKindOfTarget() {
        noClasses()
                .that()
                .resideInAnyPackage("..rollback..", "..command..", "dev.stepback.slack..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.stepback.target.*..")
                .check(MAIN);
    }

    @Test
    void slackSdk_isUsedBySlackAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.stepback.slack..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.slack..")
                .check(MAIN);
    }

    @Test
    void configurationRedactionAndOps_standAlone() {
        classes()
                .that()
                .resideInAnyPackage("dev.stepback.config..", "dev.stepback.redaction..", "dev.stepback.ops..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages(
                        "dev.stepback.slack..",
                        "dev.stepback.rollback..",
                        "dev.stepback.command..",
                        "dev.stepback.target..",
                        "dev.stepback.check..")
                .check(MAIN);
    }

    @Test
    void auditRecord_knowsTargetsAndRedactionOnly() {
        noClasses()
                .that()
                .resideInAPackage("dev.stepback.audit..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.stepback.slack..",
                        "dev.stepback.rollback..",
                        "dev.stepback.command..",
                        "dev.stepback.config..",
                        "dev.stepback.target.*..",
                        "io.fabric8..")
                .check(MAIN);
    }

    @Test
    void policy_isPure() {
        classes()
                .that()
                .resideInAPackage("dev.stepback.policy..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "dev.stepback.policy..", "dev.stepback.target", "dev.stepback.text")
                .check(MAIN);
    }

    @Test
    void leadership_knowsNothingOfTheRest() {
        noClasses()
                .that()
                .resideInAPackage("dev.stepback.leadership..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.stepback..").and(resideOutsideOfPackage("dev.stepback.leadership..")))
                .check(MAIN);
    }

    @Test
    void access_knowsNeitherSlackNorTheEngine() {
        noClasses()
                .that()
                .resideInAPackage("dev.stepback.access..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.stepback.slack..",
                        "dev.stepback.rollback..",
                        "dev.stepback.command..",
                        "dev.stepback.config..",
                        "dev.stepback.target.*..")
                .check(MAIN);
    }

    @Test
    void theBot_doesNotUseTheSandbox() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.stepback.sandbox..")
                .check(MAIN);
    }
}
