"""Tasks that show what a worker offers a program: progress, cancelling, errors, waiting, follow-ups.

    warren worker --command 'python3 tasks.py' --queues default --set ready-folder=/tmp
"""

import pathlib
import sys

# A program of your own has warren.py beside it and does not need this line.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import warren


@warren.task("primes.count", time_limit=60)
def count_primes(arguments, context):
    """Counts the primes below a limit, and tells its progress."""
    limit = arguments["limit"]
    count = 0
    step = max(1, limit // 20)
    try:
        for number in range(2, limit):
            if number % step == 0:
                context.progress(number / limit, "%d primes below %d" % (count, number))
            count += all(number % divisor for divisor in range(2, int(number ** 0.5) + 1))
    except warren.Cancelled:
        # Raised wherever the program stands: cancelled, or out of time. Tidy up, and let it go on.
        context.log("stopped after %d primes" % count)
        raise
    return {"primes": count}


class OutOfStock(Exception):
    """The failure that the fleet shows has this name. It is tried again, as any exception is."""


@warren.task("orders.ship", max_attempts=5)
def ship(arguments, context):
    """Ships an order: shows the three ways to fail."""
    if not arguments.get("address"):
        # No attempt could mend it: dead at once.
        raise warren.Reject("order %s has no address" % arguments["order"])
    if arguments.get("courier") == "busy":
        # A failed attempt; the next one comes when we say, not after the back-off of the type.
        raise warren.Retry("no courier is free", after=30)
    if arguments.get("stock", 1) < 1:
        raise OutOfStock("order %s: nothing on the shelf" % arguments["order"])
    # A key that is the same for each attempt: whoever knows it ships once.
    return {"shipped": arguments["order"], "key": context.idempotency_key}


@warren.task("report.await")
def await_report(arguments, context):
    """Waits for a file without holding a place, and then submits what follows."""
    folder = pathlib.Path(warren.setting("ready-folder", "/tmp"))
    report = folder / pathlib.PurePath(arguments["report"]).name
    if not report.exists():
        # The same attempt again later. In between the task waits in the broker, and nothing runs.
        raise warren.Snooze(10)
    # Submitted if this task succeeds, and only then.
    follows = context.submit("echo", {"report": report.name, "bytes": report.stat().st_size})
    return {"follows": follows}


warren.run()
