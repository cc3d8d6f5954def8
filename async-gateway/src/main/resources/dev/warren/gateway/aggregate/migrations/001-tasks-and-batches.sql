-- Times are milliseconds since 1970. States are the words of the wire contract.

-- One row: the sequence given last. Kept apart, because the newest row may be deleted.
CREATE TABLE counter (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  sequence INTEGER NOT NULL
);

INSERT INTO counter (one, sequence) VALUES (1, 0);

CREATE TABLE batch (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sequence INTEGER NOT NULL,
  description TEXT NOT NULL,
  state TEXT NOT NULL,
  members INTEGER,
  succeeded INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  completed_at INTEGER,
  cancel_requested_at INTEGER,
  heard_at INTEGER NOT NULL
);

CREATE INDEX batch_opened ON batch (opened_at);

CREATE INDEX batch_heard ON batch (state, heard_at);

-- How each member of a batch ended; a batch's counts are the counts of these rows.
CREATE TABLE member (
  batch INTEGER NOT NULL,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (batch, position)
) WITHOUT ROWID;

-- In the order of recording: a task that changes is deleted and inserted at the end, which most
-- tasks never need, as their end is the first that is heard of them.
CREATE TABLE task (
  sequence INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  generation INTEGER NOT NULL,
  type TEXT NOT NULL,
  queue TEXT NOT NULL,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT NOT NULL,
  lane TEXT NOT NULL,
  enqueued_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  due_at INTEGER,
  result TEXT,
  failure_type TEXT,
  failure_message TEXT,
  failure_stack TEXT,
  root BLOB,
  parent BLOB,
  batch INTEGER,
  position INTEGER,
  member INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL
);

-- With the row's key, which is the sequence, behind it.
CREATE INDEX task_batch ON task (batch) WHERE batch IS NOT NULL;

CREATE INDEX task_alone ON task (recorded_at) WHERE batch IS NULL;

-- Event messages that could not be read, as they came.
CREATE TABLE unreadable (
  number INTEGER PRIMARY KEY,
  received_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  body BLOB NOT NULL
);
