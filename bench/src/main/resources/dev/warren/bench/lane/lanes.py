"""The work of the comparison in Python. Arguments: the folder of warren.py, the queue, a time limit in ms."""

import hashlib
import socket
import sys
import time
import urllib.request

sys.path.insert(0, sys.argv[1])
import warren  # noqa: E402

QUEUE = sys.argv[2]
LIMIT = int(sys.argv[3]) / 1000
BLOCK = bytes(1 << 20)


@warren.task("lanes.digest", queue=QUEUE)
def digest(arguments, context):
    sha256 = hashlib.sha256()
    for _ in range(arguments["mebibytes"]):
        sha256.update(BLOCK)
    return {"sha256": sha256.hexdigest()}


@warren.task("lanes.pause", queue=QUEUE)
def pause(arguments, context):
    began = time.time()
    time.sleep(arguments["millis"] / 1000)
    return {"began": int(began * 1000), "ended": int(time.time() * 1000)}


@warren.task("lanes.fetch", queue=QUEUE)
def fetch(arguments, context):
    with urllib.request.urlopen(arguments["url"]) as answer:
        return {"bytes": len(answer.read())}


@warren.task("lanes.read", queue=QUEUE, time_limit=LIMIT, max_attempts=1)
def read(arguments, context):
    with socket.create_connection(("127.0.0.1", arguments["port"])) as silent:
        if silent.recv(1):
            raise OSError("the server was to say nothing")
    return {}


@warren.task("lanes.loop", queue=QUEUE, time_limit=LIMIT, max_attempts=1)
def loop(arguments, context):
    turns = 0
    while turns != arguments["count"]:
        turns += 1
    return {}


warren.run()
