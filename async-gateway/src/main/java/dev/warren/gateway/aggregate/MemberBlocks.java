package dev.warren.gateway.aggregate;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the members of batches ended, a byte for each: those of one transaction are mostly
 * neighbours, and are read and written together. Not safe for concurrent use.
 */
final class MemberBlocks implements AutoCloseable {
  private static final int MEMBERS = 1024;

  private record Key(long batch, long block) {}

  /** States of a block as bytes; not trimmed. */
  private static final class Block {
    private final byte[] states = new byte[MEMBERS];
    private boolean changed;
  }

  private final PreparedStatement findBlock;
  private final PreparedStatement findRows;
  private final PreparedStatement putBlock;

  /** Members in rows, which a version without blocks has written. */
  private final boolean rows;

  /** Those of this transaction. */
  private final Map<Key, Block> blocks = new LinkedHashMap<>();

  MemberBlocks(Connection connection) throws SQLException {
    findBlock =
        connection.prepareStatement(
            "SELECT states FROM member_block WHERE batch = ? AND block = ?");
    findRows =
        connection.prepareStatement(
            "SELECT position, state FROM member WHERE batch = ? AND position >= ? AND position <"
                + " ?");
    putBlock =
        connection.prepareStatement(
            "INSERT INTO member_block (batch, block, states) VALUES (?, ?, ?)"
                + " ON CONFLICT (batch, block) DO UPDATE SET states = excluded.states");
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM member)")) {
      rows = row.next() && row.getBoolean(1);
    }
  }

  /** Begins a transaction. */
  void begin() {
    blocks.clear();
  }

  @Nullable TaskState find(long batch, long position) throws SQLException {
    return state(block(batch, position).states[Math.floorMod(position, MEMBERS)]);
  }

  void put(long batch, long position, TaskState state) throws SQLException {
    Block block = block(batch, position);
    block.states[Math.floorMod(position, MEMBERS)] = number(state);
    block.changed = true;
  }

  /** Writes what was put. */
  void write() throws SQLException {
    for (Map.Entry<Key, Block> each : blocks.entrySet()) {
      if (each.getValue().changed) {
        putBlock.setLong(1, each.getKey().batch());
        putBlock.setLong(2, each.getKey().block());
        putBlock.setBytes(3, trimmed(each.getValue().states));
        putBlock.executeUpdate();
      }
    }
  }

  private Block block(long batch, long position) throws SQLException {
    Key key = new Key(batch, Math.floorDiv(position, MEMBERS));
    Block there = blocks.get(key);
    if (there == null) {
      there = read(key);
      blocks.put(key, there);
    }
    return there;
  }

  private Block read(Key key) throws SQLException {
    Block block = new Block();
    if (rows) {
      readRows(key, block);
    }
    findBlock.setLong(1, key.batch());
    findBlock.setLong(2, key.block());
    try (ResultSet row = findBlock.executeQuery()) {
      if (row.next()) {
        byte[] states = row.getBytes(1);
        for (int index = 0; index < states.length; index++) {
          if (states[index] != 0) {
            block.states[index] = states[index];
          }
        }
      }
    }
    return block;
  }

  private void readRows(Key key, Block block) throws SQLException {
    long first = key.block() * MEMBERS;
    findRows.setLong(1, key.batch());
    findRows.setLong(2, first);
    findRows.setLong(3, first + MEMBERS);
    try (ResultSet row = findRows.executeQuery()) {
      while (row.next()) {
        block.states[(int) (row.getLong(1) - first)] = number(Rows.taskState(row.getString(2)));
      }
    }
  }

  private static byte[] trimmed(byte[] states) {
    int length = states.length;
    while (length > 0 && states[length - 1] == 0) {
      length--;
    }
    return Arrays.copyOf(states, length);
  }

  private static byte number(TaskState state) {
    return switch (state) {
      case SUCCEEDED -> 1;
      case DEAD -> 2;
      case CANCELLED -> 3;
      case EXPIRED -> 4;
      case SUBMITTED, DELAYED, RETRYING ->
          throw new IllegalArgumentException("no member ends as " + state);
    };
  }

  private static @Nullable TaskState state(byte number) {
    return switch (number) {
      case 1 -> TaskState.SUCCEEDED;
      case 2 -> TaskState.DEAD;
      case 3 -> TaskState.CANCELLED;
      case 4 -> TaskState.EXPIRED;
      default -> null;
    };
  }

  @Override
  public void close() throws SQLException {
    findBlock.close();
    findRows.close();
    putBlock.close();
  }
}
