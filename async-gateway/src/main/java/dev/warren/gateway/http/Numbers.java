package dev.warren.gateway.http;

import io.vertx.ext.web.RoutingContext;

/** Whole numbers in queries and headers. */
final class Numbers {
  private Numbers() {}

  static long query(RoutingContext exchange, String name, long whenAbsent, long most) {
    String text = exchange.request().getParam(name);
    return text == null ? whenAbsent : parse(name, text, most);
  }

  static long parse(String name, String text, long most) {
    try {
      long number = Long.parseLong(text.strip());
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException unreadable) {
      // Answered below, like a number out of range.
    }
    throw Problems.invalid(
            "'"
                + name
                + "' must be a whole number from 0"
                + (most == Long.MAX_VALUE ? "" : " to " + most)
                + ", not '"
                + text
                + "'")
        .thrown();
  }
}
