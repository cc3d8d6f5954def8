-- Tasks that ended, together as they were recorded, in the order of recording. The sequence of a
-- task is that of its segment's first one plus its place in the segment. From here on, the table of
-- tasks holds those that wait, and what was recorded there before.
CREATE TABLE segment (
  first INTEGER PRIMARY KEY,
  tasks INTEGER NOT NULL,
  batch INTEGER,
  recorded_at INTEGER NOT NULL,
  -- 1 if something later was recorded of one of its tasks.
  stale INTEGER NOT NULL,
  -- 20 bytes for each task: its id, and where its event ends.
  directory BLOB NOT NULL,
  -- Outcome events of the wire contract, one after the other.
  events BLOB NOT NULL
);

CREATE INDEX segment_batch ON segment (batch) WHERE batch IS NOT NULL;

CREATE INDEX segment_alone ON segment (recorded_at) WHERE batch IS NULL;

-- Where the end of a task is recorded. Generation and state are there unless it succeeded in the
-- first generation.
CREATE TABLE ended (
  id BLOB PRIMARY KEY,
  sequence INTEGER NOT NULL,
  generation INTEGER,
  state TEXT
) WITHOUT ROWID;

-- The numbers from 0, to take a list of ids apart.
CREATE TABLE step (
  n INTEGER PRIMARY KEY
);

INSERT INTO step (n)
  WITH RECURSIVE number (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM number WHERE n < 511)
  SELECT n FROM number;

-- Many may wait, and few of them are to be looked at.
DROP INDEX task_alone;

CREATE INDEX task_alone_ended ON task (recorded_at) WHERE batch IS NULL AND ended_at IS NOT NULL;

CREATE INDEX task_alone_waiting ON task (max(recorded_at, coalesce(due_at, 0)))
  WHERE batch IS NULL AND ended_at IS NULL;

CREATE INDEX task_ended ON task (sequence) WHERE ended_at IS NOT NULL;

CREATE INDEX task_member ON task (batch) WHERE member = 1;
