"""The ways of multitasking of Python's standard library, timed: a line of JSON for each."""

import asyncio
import json
import multiprocessing
import os
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

CPU_TASKS, PRIMES_BELOW = int(sys.argv[1]), int(sys.argv[2])
WAITING_TASKS, WAIT_SECONDS = int(sys.argv[3]), float(sys.argv[4])
PAGE = sys.argv[5]


def cpu(_):
    return sum(
        all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, PRIMES_BELOW)
    )


def blocking(_):
    time.sleep(WAIT_SECONDS)


def network(_):
    with urllib.request.urlopen(PAGE) as answer:
        return answer.read()


async def network_coroutine():
    port = int(PAGE.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


async def gather(coroutines):
    await asyncio.gather(*coroutines)


async def blocking_coroutine(function):
    function(None)


def one_after_another(function, count):
    for i in range(count):
        function(i)


def threads(function, count):
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(function, range(count)))


def processes(function, count):
    with multiprocessing.Pool(os.cpu_count()) as pool:
        pool.map(function, range(count), chunksize=1)


def coroutines(function, count):
    if function is network:
        asyncio.run(gather(network_coroutine() for _ in range(count)))
    else:
        asyncio.run(gather(blocking_coroutine(function) for _ in range(count)))


if __name__ == "__main__":
    for function, count in (
        (cpu, CPU_TASKS),
        (blocking, WAITING_TASKS),
        (network, WAITING_TASKS),
    ):
        for way in (one_after_another, threads, processes, coroutines):
            began = time.perf_counter()
            way(function, count)
            seconds = time.perf_counter() - began
            print(
                json.dumps(
                    {"work": function.__name__, "way": way.__name__, "seconds": seconds}
                ),
                flush=True,
            )
