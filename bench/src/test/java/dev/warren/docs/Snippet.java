package dev.warren.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a document.
 *
 * @param document its file
 * @param line where its text begins, from 1
 * @param language the word behind the fence
 * @param prints what it prints when it is run, if its marker says so
 * @param text all of it
 */
record Snippet(Path document, int line, String language, Optional<String> prints, String text) {
  private static final Pattern FENCE = Pattern.compile("```(\\w*)\\s*");
  private static final Pattern RUN = Pattern.compile("<!-- run(?:: (.*))? -->");

  /** Stands for what the text block behind the snippet says. */
  private static final String AS_BELOW = "";

  private static final Pattern COMPACT = Pattern.compile("^void main\\(", Pattern.MULTILINE);
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile("^public .*?\\b(?:class|record|interface|enum) (\\w+)", Pattern.MULTILINE);
  private static final Pattern TYPE =
      Pattern.compile("^(?:final )?(?:class|record|interface|enum) (\\w+)", Pattern.MULTILINE);

  /** The blocks of a document, in their order. */
  static List<Snippet> of(Path document) throws IOException {
    List<String> lines = Files.readAllLines(document);
    List<Snippet> found = new ArrayList<>();
    Optional<String> marker = Optional.empty();
    for (int at = 0; at < lines.size(); at++) {
      Matcher run = RUN.matcher(lines.get(at).strip());
      Matcher fence = FENCE.matcher(lines.get(at));
      if (run.matches()) {
        marker = Optional.of(run.group(1) == null ? AS_BELOW : run.group(1));
      } else if (fence.matches()) {
        int first = at + 1;
        at = first + lines.subList(first, lines.size()).indexOf("```");
        if (at < first) {
          throw new IllegalArgumentException(document + ":" + first + ": a block without its end");
        }
        String text = String.join("\n", lines.subList(first, at)) + "\n";
        found.add(new Snippet(document, first + 1, fence.group(1), marker, text));
        marker = Optional.empty();
      } else if (!lines.get(at).isBlank()) {
        if (marker.isPresent()) {
          throw new IllegalArgumentException(
              document + ":" + (at + 1) + ": a block must follow <!-- run: … --> at once");
        }
      }
    }
    return withPrinted(found);
  }

  /** A snippet whose marker says no text prints what the next block shows. */
  private static List<Snippet> withPrinted(List<Snippet> blocks) {
    List<Snippet> complete = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      Snippet block = blocks.get(i);
      if (block.prints().equals(Optional.of(AS_BELOW))) {
        if (i + 1 == blocks.size() || !blocks.get(i + 1).language().equals("text")) {
          throw new IllegalArgumentException(block + ": <!-- run --> needs a text block behind it");
        }
        block = block.printing(blocks.get(i + 1).text());
      }
      complete.add(block);
    }
    return complete;
  }

  private Snippet printing(String printed) {
    return new Snippet(document, line, language, Optional.of(printed), text);
  }

  /** The name of its Java class: that of the type it declares, or one of its own. */
  String className() {
    if (COMPACT.matcher(text).find()) {
      return "Snippet" + line;
    }
    return first(PUBLIC_TYPE).or(() -> first(TYPE)).orElse("Snippet" + line);
  }

  /** Whether it has something for Java to start. */
  boolean isProgram() {
    return text.contains("void main(");
  }

  private Optional<String> first(Pattern pattern) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  @Override
  public String toString() {
    return document.getFileName() + ":" + line;
  }
}
