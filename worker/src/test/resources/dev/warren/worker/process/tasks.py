import os
import time

import warren


@warren.task("other.same", queue="cpu", time_limit=90, max_attempts=3, priority="high")
def same(arguments, context):
    """Gives back what it gets."""
    return arguments


@warren.task("other.pid")
def pid(arguments, context):
    return os.getpid()


@warren.task("other.talks")
def talks(arguments, context):
    print("noise on standard output")
    context.progress(0.5, "half")
    context.log("hello")
    task = context.submit("next.one", {"n": 1}, queue="cpu")
    return "%s %s %s %s %s" % (
        task, context.idempotency_key, context.attempt, context.generation,
        warren.setting("greeting"))


@warren.task("other.fails")
def fails(arguments, context):
    if arguments == "snooze":
        raise warren.Snooze(2.5)
    if arguments == "later":
        raise warren.Retry("busy", after=7)
    if arguments == "never":
        raise warren.Reject("hopeless")
    if arguments == "exit":
        os._exit(9)
    raise ValueError("broken")


@warren.task("other.waits")
def waits(arguments, context):
    context.log("waits")
    try:
        time.sleep(600)
    except warren.Cancelled:
        return "stopped" if context.cancelled else "?"


@warren.task("other.spins")
def spins(arguments, context):
    context.log("spins")
    while True:
        try:
            while True:
                pass
        except warren.Cancelled:
            pass


warren.run()
