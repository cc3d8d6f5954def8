package dev.warren.gateway.aggregate;

import dev.warren.api.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConfig;

/**
 * The SQLite file of a data folder, and how it is opened.
 *
 * @see <a href="https://www.sqlite.org/wal.html">SQLite: write-ahead logging</a>
 */
record Database(Path file) {
  /** The file's name in its folder. */
  static final String FILE = "outcomes.db";

  /** Above the time of any transaction here; whoever waits longer has met a stranger's lock. */
  private static final Duration BUSY_LIMIT = Duration.ofSeconds(10);

  /** SQLite counts kibibytes as negative. */
  private static final int WRITER_CACHE = -16 * 1024;

  private static final int READER_CACHE = -2 * 1024;

  /** 16 MiB of log before it is copied into the file: fewer, longer copies. */
  private static final int CHECKPOINT_PAGES = 4_000;

  private static final int LOG_LIMIT = 64 * 1024 * 1024;

  static Database in(Path folder) {
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      // The driver unpacks its library there; the usual folder may forbid execution, or be full.
      System.setProperty("org.sqlite.tmpdir", folder.toString());
    }
    return new Database(folder.resolve(FILE));
  }

  /** Opens the file to write, after making it or bringing it to this version's schema. */
  Connection openToWrite() throws SQLException {
    Connection connection = openUnchecked();
    try {
      Migrations.SHIPPED.apply(connection, file);
      return connection;
    } catch (SQLException | RuntimeException failed) {
      connection.close();
      throw failed;
    }
  }

  /** Opens the file to write, whatever is in it. */
  Connection openUnchecked() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(Math.toIntExact(BUSY_LIMIT.toMillis()));
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try {
      try (Statement statement = connection.createStatement()) {
        // First: a file with one page in it keeps its kind of vacuum.
        statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
        try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
          if (!mode.next() || !"wal".equalsIgnoreCase(mode.getString(1))) {
            throw new ConfigurationException(
                "the file system of "
                    + file
                    + " has no shared memory for SQLite's write-ahead log: choose a folder on a"
                    + " local disk with --data");
          }
        }
        statement.execute("PRAGMA synchronous = FULL");
        statement.execute("PRAGMA cache_size = " + WRITER_CACHE);
        statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        statement.execute("PRAGMA journal_size_limit = " + LOG_LIMIT);
      }
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException | RuntimeException failed) {
      connection.close();
      throw failed;
    }
  }

  /** Opens the file to read; it must exist. */
  Connection openToRead() throws SQLException {
    if (!Files.exists(file)) {
      throw new SQLException(file + " is gone");
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(Math.toIntExact(BUSY_LIMIT.toMillis()));
    config.setCacheSize(READER_CACHE);
    return config.createConnection("jdbc:sqlite:" + file);
  }
}
