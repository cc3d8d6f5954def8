package dev.warren.engine.topology;

/**
 * One comparison of the description with the broker.
 *
 * @param object what it is about: {@code queue warren.q.default}.
 * @param state how it stands.
 * @param argument what differs, or empty.
 * @param expected the described value, or empty.
 * @param found the broker's value, or empty.
 * @param detail the broker's own words, or empty.
 */
public record Difference(
    String object, State state, String argument, String expected, String found, String detail) {
  /** How an object of the broker stands to its description. */
  public enum State {
    /** As described. */
    OK,
    /** Not there. */
    MISSING,
    /** There, with other arguments; the broker refuses to change them. */
    DIFFERENT,
    /** This user may not see it, or may see it and not compare its arguments. */
    UNKNOWN
  }

  static Difference ok(String object) {
    return new Difference(object, State.OK, "", "", "", "");
  }

  static Difference missing(String object) {
    return new Difference(object, State.MISSING, "", "", "", "");
  }

  static Difference unknown(String object, String detail) {
    return new Difference(object, State.UNKNOWN, "", "", "", detail);
  }

  @Override
  public String toString() {
    return switch (state) {
      case OK -> object + ": ok";
      case MISSING -> object + ": missing";
      case UNKNOWN -> object + ": not comparable (" + detail + ")";
      case DIFFERENT ->
          argument.isEmpty()
              ? object + ": different (" + detail + ")"
              : object + ": " + argument + " should be " + expected + " and is " + found;
    };
  }
}
