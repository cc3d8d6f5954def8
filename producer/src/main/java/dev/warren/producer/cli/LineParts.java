package dev.warren.producer.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of input and what can be put in place of its marks, which are those of GNU parallel:
 * {@code {}} the line, {@code {.}} without its extension, {@code {/}} its last name as a path,
 * {@code {/.}} that without its extension, {@code {//}} its folder, {@code {#}} its number.
 *
 * @param line as it was read
 * @param number of the item, from 1
 */
record LineParts(String line, long number) {
  private static final List<String> MARKS = List.of("{}", "{.}", "{/}", "{//}", "{/.}", "{#}");

  /** Whether a mark stands in a text. */
  static boolean markIn(String text) {
    return MARKS.stream().anyMatch(text::contains);
  }

  /** The mark that stands in a text at a place, or nothing. */
  static String markAt(String text, int at) {
    if (text.charAt(at) == '{') {
      for (String mark : MARKS) {
        if (text.startsWith(mark, at)) {
          return mark;
        }
      }
    }
    return "";
  }

  /** A text with each mark replaced. What is put in is not looked at again. */
  String into(String text) {
    StringBuilder filled = new StringBuilder(text.length() + line.length());
    for (int i = 0; i < text.length(); i++) {
      String mark = markAt(text, i);
      if (mark.isEmpty()) {
        filled.append(text.charAt(i));
      } else {
        filled.append(value(mark));
        i += mark.length() - 1;
      }
    }
    return filled.toString();
  }

  /** The words of a command, each with its marks replaced. */
  List<String> into(List<String> words) {
    List<String> filled = new ArrayList<>(words.size());
    words.forEach(word -> filled.add(into(word)));
    return filled;
  }

  /** What a mark stands for. */
  String value(String mark) {
    return switch (mark) {
      case "{}" -> line;
      case "{.}" -> withoutExtension(line);
      case "{/}" -> lastName(line);
      case "{/.}" -> withoutExtension(lastName(line));
      case "{//}" -> folder(line);
      case "{#}" -> Long.toString(number);
      default -> throw new IllegalArgumentException("no mark: " + mark);
    };
  }

  private static String withoutExtension(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') ? path.substring(0, dot) : path;
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** As {@code dirname}: a slash at the end does not count. */
  private static String folder(String path) {
    String whole = withoutSlashes(path);
    int slash = whole.lastIndexOf('/');
    if (slash < 0) {
      return whole.isEmpty() && !path.isEmpty() ? "/" : ".";
    }
    String folder = withoutSlashes(whole.substring(0, slash));
    return folder.isEmpty() ? "/" : folder;
  }

  private static String withoutSlashes(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }
}
