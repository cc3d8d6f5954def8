package dev.warren.engine.topology;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The broker's reply code and text when it refuses a command. */
record Refusal(int code, String text) {
  private static final int MAX_CAUSES = 10;

  // "PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'q' in vhost '/':
  // received the value '5' of type 'signedint' but current is none"; cut at 255 bytes.
  private static final Pattern INEQUIVALENT =
      Pattern.compile("inequivalent arg '([^']+)'(?:.*?received (.*?) but current is (.*))?");
  private static final Pattern VALUE = Pattern.compile("(?:the value )?'([^']*)'.*");

  static Optional<Refusal> in(Throwable failure) {
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_CAUSES; depth++) {
      if (at instanceof ShutdownSignalException signal) {
        return of(signal.getReason());
      }
      at = at.getCause();
    }
    return Optional.empty();
  }

  private static Optional<Refusal> of(@Nullable Method reason) {
    if (reason instanceof AMQP.Channel.Close close) {
      return Optional.of(new Refusal(close.getReplyCode(), close.getReplyText()));
    }
    if (reason instanceof AMQP.Connection.Close close && close.getReplyCode() != 320) {
      return Optional.of(new Refusal(close.getReplyCode(), close.getReplyText()));
    }
    return Optional.empty();
  }

  boolean isNotFound() {
    return code == AMQP.NOT_FOUND;
  }

  boolean isAccessRefused() {
    return code == AMQP.ACCESS_REFUSED;
  }

  boolean isMismatch() {
    return code == AMQP.PRECONDITION_FAILED;
  }

  Difference difference(String object) {
    Matcher matcher = INEQUIVALENT.matcher(text);
    if (!matcher.find()) {
      return new Difference(object, Difference.State.DIFFERENT, "", "", "", text);
    }
    return new Difference(
        object,
        Difference.State.DIFFERENT,
        matcher.group(1),
        value(matcher.group(2)),
        value(matcher.group(3)),
        text);
  }

  private static String value(@Nullable String words) {
    if (words == null) {
      return "?";
    }
    Matcher matcher = VALUE.matcher(words);
    return matcher.matches() ? matcher.group(1) : words;
  }
}
