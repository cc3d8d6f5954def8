package dev.warren.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Asks a health port. */
final class Http {
  record Answer(int status, String body) {}

  private Http() {}

  static Answer get(URI uri) {
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      int status = connection.getResponseCode();
      try (InputStream body =
          Objects.requireNonNullElseGet(
              status < 400 ? connection.getInputStream() : connection.getErrorStream(),
              InputStream::nullInputStream)) {
        return new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The values of a metric, whatever its labels. */
  static double sum(URI base, String metric) {
    return get(base.resolve("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
