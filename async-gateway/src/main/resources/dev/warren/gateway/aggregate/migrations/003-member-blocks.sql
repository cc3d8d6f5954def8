-- How 1024 members of a batch ended, from position 1024 * block on, a byte for each: 0 not yet,
-- 1 succeeded, 2 dead, 3 cancelled, 4 expired. What follows the last one that ended is left out.
-- A member that has a byte above 0 here counts so, whatever the table of members says, which is
-- what was recorded before.
CREATE TABLE member_block (
  batch INTEGER NOT NULL,
  block INTEGER NOT NULL,
  states BLOB NOT NULL,
  PRIMARY KEY (batch, block)
);
