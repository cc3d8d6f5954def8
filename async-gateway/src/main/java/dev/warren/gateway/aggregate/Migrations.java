package dev.warren.gateway.aggregate;

import dev.warren.api.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The numbered steps that lead to the schema of this version, in order and without gaps. What was
 * applied is noted with a checksum, so that neither a changed step nor one of a later version goes
 * unnoticed.
 */
record Migrations(List<Step> steps) {
  static final Migrations SHIPPED =
      new Migrations(
          List.of(
              resource("001-tasks-and-batches"),
              resource("002-segments"),
              resource("003-member-blocks")));

  private static final Pattern END = Pattern.compile(";\\s*(?:\\R|$)");
  private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$");

  /** A step: its name, which begins with its number, and its SQL. */
  record Step(String name, String sql) {
    String checksum() {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(sql.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  Migrations {
    steps = List.copyOf(steps);
  }

  /**
   * Applies what is missing, each step in a transaction of its own.
   *
   * @param file named in errors
   * @throws ConfigurationException if the file is not of this version or an earlier one
   */
  void apply(Connection connection, Path file) throws SQLException {
    List<Step> applied = applied(connection);
    for (int index = 0; index < applied.size(); index++) {
      Step there = applied.get(index);
      if (index >= steps.size()) {
        throw new ConfigurationException(
            file
                + " was written by a later version of Warren (it has "
                + there.name()
                + "): start that version, or choose another folder with --data");
      }
      Step ours = steps.get(index);
      if (!ours.name().equals(there.name()) || !ours.checksum().equals(there.sql())) {
        throw new ConfigurationException(
            file
                + " was made by another "
                + there.name()
                + " than that of this version, so its tables are not what this version expects:"
                + " start the version that made it, or choose another folder with --data");
      }
    }
    for (int number = applied.size() + 1; number <= steps.size(); number++) {
      apply(connection, number, steps.get(number - 1));
    }
  }

  private static void apply(Connection connection, int number, Step step) throws SQLException {
    try (Statement statement = connection.createStatement();
        PreparedStatement note =
            connection.prepareStatement(
                "INSERT INTO migration (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)")) {
      for (String sql : END.split(COMMENT.matcher(step.sql()).replaceAll(""), -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
      note.setInt(1, number);
      note.setString(2, step.name());
      note.setString(3, step.checksum());
      note.setLong(4, Instant.now().toEpochMilli());
      note.executeUpdate();
      connection.commit();
    } catch (SQLException failed) {
      connection.rollback();
      throw failed;
    }
  }

  /** What was applied: names, with checksums in the place of SQL. */
  private static List<Step> applied(Connection connection) throws SQLException {
    List<Step> applied = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE IF NOT EXISTS migration (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            checksum TEXT NOT NULL,
            applied_at INTEGER NOT NULL
          )\
          """);
      try (ResultSet rows =
          statement.executeQuery("SELECT name, checksum FROM migration ORDER BY number")) {
        while (rows.next()) {
          applied.add(new Step(rows.getString(1), rows.getString(2)));
        }
      }
      connection.commit();
    }
    return applied;
  }

  private static Step resource(String name) {
    try (InputStream sql = Migrations.class.getResourceAsStream("migrations/" + name + ".sql")) {
      if (sql == null) {
        throw new IllegalStateException("migration " + name + " is missing in the jar");
      }
      return new Step(name, new String(sql.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
