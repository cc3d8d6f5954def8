package dev.warren.tasks;

import dev.warren.tasks.WordCount.Frequency;
import dev.warren.tasks.WordCount.Result;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Counts a text given piece by piece, in bounded memory: when it has seen too many different words
 * it forgets those that occurred only once since, and says that the top may be inexact.
 */
final class WordCounter {
  static final int MAX_DISTINCT = 500_000;

  /** What is longer is counted as a word, but is no candidate for the top. */
  private static final int MAX_WORD = 100;

  private final Map<String, Long> counts = new HashMap<>();
  private final StringBuilder word = new StringBuilder();
  private final int maxDistinct;
  private boolean inWord;
  private boolean tooLong;
  private char highSurrogate;
  private int last = '\n';
  private long words;
  private long lines;
  private long characters;
  private boolean exact = true;

  WordCounter() {
    this(MAX_DISTINCT);
  }

  WordCounter(int maxDistinct) {
    this.maxDistinct = maxDistinct;
  }

  void accept(char[] text, int length) {
    for (int i = 0; i < length; i++) {
      char unit = text[i];
      if (Character.isHighSurrogate(unit)) {
        highSurrogate = unit;
      } else if (Character.isLowSurrogate(unit) && highSurrogate != 0) {
        character(Character.toCodePoint(highSurrogate, unit));
        highSurrogate = 0;
      } else {
        character(unit);
      }
    }
  }

  Result result(int top) {
    endOfWord();
    long lineCount = last == '\n' ? lines : lines + 1;
    List<Frequency> frequent =
        counts.entrySet().stream()
            .map(entry -> new Frequency(entry.getKey(), entry.getValue()))
            .sorted(
                Comparator.comparingLong(Frequency::count)
                    .reversed()
                    .thenComparing(Frequency::word))
            .limit(top)
            .toList();
    return new Result(words, lineCount, characters, frequent, exact);
  }

  private void character(int character) {
    characters++;
    last = character;
    if (Character.isLetterOrDigit(character) || isMark(character)) {
      inWord = true;
      append(character);
    } else if (inWord && isJoint(character)) {
      append(character);
    } else {
      endOfWord();
      if (character == '\n') {
        lines++;
      }
    }
  }

  private void append(int character) {
    if (word.length() < MAX_WORD) {
      word.appendCodePoint(character);
    } else {
      tooLong = true;
    }
  }

  private void endOfWord() {
    if (!inWord) {
      return;
    }
    words++;
    if (!tooLong) {
      int end = word.length();
      while (isJoint(word.charAt(end - 1))) {
        end--;
      }
      counts.merge(word.substring(0, end).toLowerCase(Locale.ROOT), 1L, Long::sum);
      if (counts.size() > maxDistinct) {
        forgetRareWords();
      }
    }
    word.setLength(0);
    inWord = false;
    tooLong = false;
  }

  /** At least halves what is remembered, so that it is not called again soon. */
  private void forgetRareWords() {
    exact = false;
    for (long rare = 1; counts.size() > maxDistinct / 2; rare *= 2) {
      long limit = rare;
      counts.values().removeIf(count -> count <= limit);
    }
  }

  private static boolean isMark(int character) {
    int kind = Character.getType(character);
    return kind == Character.NON_SPACING_MARK || kind == Character.COMBINING_SPACING_MARK;
  }

  private static boolean isJoint(int character) {
    return character == '\'' || character == '\u2019' || character == '-';
  }
}
