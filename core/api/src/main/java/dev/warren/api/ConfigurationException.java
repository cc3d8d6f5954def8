package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** A setting is unknown, malformed or contradicts another one. */
public final class ConfigurationException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }

  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
