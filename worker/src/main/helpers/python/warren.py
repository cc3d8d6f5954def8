"""Tasks of a Warren worker, written in Python.

    import warren

    @warren.task("text.shout", queue="default", time_limit=30)
    def shout(arguments, context):
        context.progress(0.5, "half of it")
        return {"text": arguments["text"].upper()}

    warren.run()

A worker starts this program and restarts it: `warren worker --command "python3 tasks.py"`. It runs
one task at a time; a worker starts as many of them as it has places. Whatever a task raises is a
failed attempt, which is tried again; Reject ends the task for good, Retry and Snooze say when it
runs next. What it prints goes to the worker's log.

Needs Python 3.8 and nothing else. The protocol is in docs/processes.md.
"""

import json
import os
import queue
import signal
import socket
import struct
import sys
import threading
import traceback

__all__ = ["task", "run", "setting", "Reject", "Retry", "Snooze", "Cancelled", "Context"]

PROTOCOL = 1
_LARGEST = 4 << 20
_tasks = {}
_settings = {}


class Reject(Exception):
    """The task can never succeed: it is dead at once."""


class Retry(Exception):
    """The attempt failed. `after` is the wait in seconds; without it the type's back-off holds."""

    def __init__(self, message="", after=None):
        super().__init__(message)
        self.after = after


class Snooze(Exception):
    """Not now: the same attempt again after so many seconds. Uses no attempt."""

    def __init__(self, seconds):
        super().__init__("snoozes for %s s" % seconds)
        self.seconds = seconds


class Cancelled(BaseException):
    """Raised in the task when it should stop: cancelled, out of time, or the worker stops.

    Not an Exception, so that `except Exception` does not swallow it.
    """


def task(name, *, description=None, queue=None, max_attempts=None, time_limit=None, priority=None,
         expiry=None):
    """Registers a function of (arguments, context) as the body of a task type. Times in seconds."""

    def register(function):
        if name in _tasks:
            raise ValueError("task type %r is registered twice" % name)
        offered = {"type": name}
        _put(offered, "description", description or _first_line(function.__doc__))
        _put(offered, "queue", queue)
        _put(offered, "maxAttempts", max_attempts)
        _put(offered, "timeLimitMillis", _millis(time_limit))
        _put(offered, "priority", priority)
        _put(offered, "expiryMillis", _millis(expiry))
        _tasks[name] = (function, offered)
        return function

    return register


def setting(name, default=None):
    """A setting of the worker, given to it as `--set name=value`. Known inside tasks."""
    return _settings.get(name, default)


class Context:
    """What an attempt knows of itself and may ask of the fleet."""

    def __init__(self, link, told):
        self._link = link
        self._run = told["run"]
        self._answers = {}
        self._submissions = 0
        self._stop = threading.Event()
        self.id = told["task"]
        self.type = told["type"]
        self.generation = told["generation"]
        self.attempt = told["attempt"]
        #: the same for every attempt of this generation: give it to systems that know repeats
        self.idempotency_key = told["idempotencyKey"]
        #: seconds since the epoch
        self.deadline = told["deadline"] / 1000.0

    @property
    def cancelled(self):
        """Whether the attempt should stop."""
        return self._stop.is_set()

    def progress(self, fraction, message=""):
        self._say("progress", fraction=float(fraction), message=str(message))

    def log(self, message):
        self._say("log", message=str(message))

    def submit(self, type, arguments, *, queue=None, max_attempts=None, time_limit=None,
               priority=None, expiry=None):
        """Submits a task that follows from this one, if this one succeeds; answers its id."""
        self._submissions += 1
        answer = self._answers[self._submissions] = _Box()
        said = {"number": self._submissions, "type": type, "arguments": arguments}
        _put(said, "queue", queue)
        _put(said, "maxAttempts", max_attempts)
        _put(said, "timeLimitMillis", _millis(time_limit))
        _put(said, "priority", priority)
        _put(said, "expiryMillis", _millis(expiry))
        self._say("submit", **said)
        return answer.get()

    def _submitted(self, number, task):
        answer = self._answers.pop(number, None)
        if answer:
            answer.put(task)

    def _say(self, kind, **fields):
        self._link.send(dict(fields, kind=kind, run=self._run))


class _Box:
    def __init__(self):
        self._content = queue.SimpleQueue()

    def put(self, value):
        self._content.put(value)

    def get(self):
        return self._content.get(timeout=30)


class _Link:
    """The socket to the worker: JSON, each message after its length in four bytes."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._sending = threading.Lock()

    def send(self, message):
        body = json.dumps(
            message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
        if len(body) > _LARGEST:
            raise Reject("%d bytes are more than a message takes: %d" % (len(body), _LARGEST))
        # A message that is broken off would spoil all that follow.
        with _uninterrupted(), self._sending:
            self._socket.sendall(struct.pack(">I", len(body)) + body)

    def receive(self):
        """The next message; None when the worker is gone."""
        length = self._exactly(4)
        body = self._exactly(struct.unpack(">I", length)[0]) if length else None
        return json.loads(body.decode("utf-8")) if body else None

    def _exactly(self, size):
        parts = []
        while size:
            part = self._socket.recv(min(size, 1 << 16))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class _Interrupts:
    """Raises Cancelled in the main thread, but not while it sends or between two tasks."""

    def __init__(self):
        self.depth = 1
        self.pending = False

    def __enter__(self):
        self.depth += 1

    def __exit__(self, *ignored):
        self.depth -= 1
        self._raise_if_due()

    def heard(self, *ignored):
        self.pending = True
        self._raise_if_due()

    def _raise_if_due(self):
        if self.pending and self.depth == 0:
            self.pending = False
            raise Cancelled()


_interrupts = _Interrupts()


class _NotMain:
    def __enter__(self):
        pass

    def __exit__(self, *ignored):
        pass


def _uninterrupted():
    return _interrupts if threading.current_thread() is threading.main_thread() else _NotMain()


def run():
    """Serves the worker that started this program; returns when the worker is gone."""
    path = os.environ.get("WARREN_CHILD_SOCKET")
    if not path:
        sys.exit("this program is started by a worker: warren worker --command 'python3 %s'"
                 % sys.argv[0])
    link = _Link(path)
    signal.signal(signal.SIGUSR1, _interrupts.heard)
    link.send({"kind": "hello", "token": os.environ["WARREN_CHILD_TOKEN"], "protocol": PROTOCOL})
    loaded = link.receive()
    if loaded is None:
        return
    _settings.update(loaded.get("settings", {}))
    link.send({"kind": "ready", "types": [offered for _, offered in _tasks.values()]})
    _serve(link)


def _serve(link):
    runs = queue.SimpleQueue()
    current = [None]
    threading.Thread(target=_hear, args=(link, runs, current), daemon=True).start()
    while True:
        told = runs.get()
        if told is None:
            return
        context = Context(link, told)
        current[0] = context
        ended = _attempt(told, context)
        current[0] = None
        _interrupts.pending = False
        ended["run"] = told["run"]
        try:
            link.send(ended)
        except (TypeError, ValueError, Reject) as unfit:
            link.send({"kind": "reject", "run": told["run"],
                       "failure": {"type": "InvalidResult", "message": str(unfit)}})
        sys.stdout.flush()


def _hear(link, runs, current):
    try:
        while True:
            told = link.receive()
            if told is None:
                break
            kind = told.get("kind")
            context = current[0]
            if kind == "run":
                runs.put(told)
            elif context is None or told.get("run") != context._run:
                continue
            elif kind == "cancel":
                _stop(context)
            elif kind == "submitted":
                context._submitted(told["number"], told["task"])
    finally:
        # The worker is gone: what runs has no effect any more.
        runs.put(None)
        if current[0] is not None:
            _stop(current[0])
            threading.Timer(2, os._exit, (1,)).start()


def _stop(context):
    context._stop.set()
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)


def _attempt(told, context):
    registered = _tasks.get(told["type"])
    if registered is None:
        return _ended("reject", "UnknownType", "this program does not know %r" % told["type"])
    try:
        _interrupts.depth -= 1
        try:
            return {"kind": "done", "result": registered[0](told["arguments"], context)}
        finally:
            _interrupts.depth = 1
    except Reject as error:
        return _ended("reject", "Rejected", str(error))
    except Snooze as pause:
        return {"kind": "snooze", "afterMillis": _millis(pause.seconds)}
    except Retry as error:
        ended = _ended("retry", "Retry", str(error), traceback.format_exc())
        _put(ended, "afterMillis", _millis(error.after))
        return ended
    except Cancelled:
        return _ended("retry", "Cancelled", "the task was told to stop")
    except Exception as error:
        return _ended("retry", type(error).__name__, str(error), traceback.format_exc())


def _ended(kind, error, message, stack=""):
    return {"kind": kind, "failure": {"type": error, "message": message, "stack": stack}}


def _put(fields, name, value):
    if value is not None:
        fields[name] = value


def _millis(seconds):
    return None if seconds is None else int(round(seconds * 1000))


def _first_line(text):
    return text.strip().splitlines()[0] if text and text.strip() else None
