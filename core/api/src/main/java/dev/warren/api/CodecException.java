package dev.warren.api;

import org.jspecify.annotations.Nullable;

/** A message, argument or result is not what its type says: malformed JSON or a wrong shape. */
public final class CodecException extends WarrenException {
  private static final long serialVersionUID = 1L;

  public CodecException(String message) {
    super(message);
  }

  public CodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
