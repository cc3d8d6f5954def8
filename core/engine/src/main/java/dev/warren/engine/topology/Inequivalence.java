package dev.warren.engine.topology;

import dev.warren.engine.connection.BrokerRefusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which argument differs out of the broker's words. */
final class Inequivalence {
  // "PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'q' in vhost '/':
  // received the value '5' of type 'signedint' but current is none"; cut at 255 bytes.
  private static final Pattern WORDS =
      Pattern.compile("inequivalent arg '([^']+)'(?:.*?received (.*?) but current is (.*))?");
  private static final Pattern VALUE = Pattern.compile("(?:the value )?'([^']*)'.*");

  private Inequivalence() {}

  static Difference of(String object, BrokerRefusal refusal) {
    Matcher matcher = WORDS.matcher(refusal.text());
    if (!matcher.find()) {
      return new Difference(object, Difference.State.DIFFERENT, "", "", "", refusal.text());
    }
    return new Difference(
        object,
        Difference.State.DIFFERENT,
        matcher.group(1),
        value(matcher.group(2)),
        value(matcher.group(3)),
        refusal.text());
  }

  private static String value(@Nullable String words) {
    if (words == null) {
      return "?";
    }
    Matcher matcher = VALUE.matcher(words);
    return matcher.matches() ? matcher.group(1) : words;
  }
}
