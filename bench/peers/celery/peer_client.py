"""The client of the Celery peer: sets of tasks, whose results are fetched natively, in order."""

import json
import os
import sys
import time
from collections import deque

from celery.result import ResultSet
from peer_tasks import app, echo

SET = 50
WINDOW = int(os.environ["PEER_WINDOW"])
ARGUMENT = "x" * (int(os.environ["PEER_BYTES"]) - 2)
LAST_ANSWERS = 60


def submit():
    return ResultSet([echo.delay(ARGUMENT) for _ in range(SET)])


def run(seconds):
    begin = last = time.monotonic()
    submitted = completed = failed = 0
    unfinished = deque()

    def collect():
        nonlocal last, completed, failed
        for _, meta in unfinished.popleft().iter_native(timeout=LAST_ANSWERS):
            if meta["status"] == "SUCCESS" and meta["result"] == ARGUMENT:
                completed += 1
                last = time.monotonic()
            else:
                failed += 1

    try:
        while time.monotonic() - begin < seconds:
            if len(unfinished) == WINDOW // SET:
                collect()
            unfinished.append(submit())
            submitted += SET
        while unfinished:
            collect()
    except TimeoutError:
        print("not all results came back", file=sys.stderr)
    return {
        "completed": completed,
        "seconds": last - begin,
        "failed": failed,
        "lost": submitted - completed - failed,
    }


with app.connection_for_write() as connection:
    connection.ensure_connection(max_retries=10)
if echo.delay("first").get(timeout=LAST_ANSWERS) != "first":
    sys.exit("the first task did not come back")
print("ready", flush=True)
for line in sys.stdin:
    print(json.dumps(run(float(line.split()[1]))), flush=True)
