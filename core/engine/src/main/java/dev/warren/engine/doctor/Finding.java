package dev.warren.engine.doctor;

import java.util.Objects;

/**
 * What one check found.
 *
 * @param what was checked, in two or three words.
 * @param detail what is the case.
 * @param howToMend what to do; empty if all is well.
 */
public record Finding(Severity severity, String what, String detail, String howToMend) {
  /** How bad it is. */
  public enum Severity {
    /** As it should be. */
    OK,
    /** Works, with a limit to know of. */
    NOTE,
    /** Some tasks wait or may be lost from sight. */
    WARNING,
    /** The fleet does not work. */
    ERROR
  }

  public Finding {
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(howToMend, "howToMend");
  }

  static Finding ok(String what, String detail) {
    return new Finding(Severity.OK, what, detail, "");
  }

  static Finding note(String what, String detail, String howToMend) {
    return new Finding(Severity.NOTE, what, detail, howToMend);
  }

  static Finding warning(String what, String detail, String howToMend) {
    return new Finding(Severity.WARNING, what, detail, howToMend);
  }

  static Finding error(String what, String detail, String howToMend) {
    return new Finding(Severity.ERROR, what, detail, howToMend);
  }
}
