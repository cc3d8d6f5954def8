package dev.warren.gateway.aggregate;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** An {@link SQLException} on its way through code that knows no SQL. */
final class SqlFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SQLException failure;

  SqlFailure(SQLException failure) {
    super(failure.getMessage(), failure);
    this.failure = failure;
  }

  SQLException failure() {
    return failure;
  }

  /**
   * Whether it is about what was to be written: it will fail again, on any disk. All else (a full
   * or broken disk, a lock) may pass.
   */
  static boolean isOfData(SQLException failure) {
    if (!(failure instanceof SQLiteException sqlite)) {
      return false;
    }
    // Extended codes have the plain one in their lowest byte.
    int plain = sqlite.getResultCode().code & 0xff;
    return plain == SQLiteErrorCode.SQLITE_CONSTRAINT.code
        || plain == SQLiteErrorCode.SQLITE_MISMATCH.code
        || plain == SQLiteErrorCode.SQLITE_TOOBIG.code
        || plain == SQLiteErrorCode.SQLITE_RANGE.code;
  }
}
