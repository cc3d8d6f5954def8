package dev.warren.engine.wire;

/** Cuts texts for headers. */
final class Texts {
  private Texts() {}

  /** The text, or its beginning and an ellipsis; never half of a character. */
  static String shortened(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    int end = limit - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
