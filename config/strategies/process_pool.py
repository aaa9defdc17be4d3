"""A pool of processes with requests: ProcessPoolExecutor, in the way of starting processes that the system has."""

import os
from concurrent.futures import ProcessPoolExecutor

from blocking import fetch
from protocol import REQUESTS, WORKERS, Sample


def in_process(request):
    # A process knows its number, not its place in the pool; the parent makes places of numbers.
    return fetch(request, os.getpid())


if __name__ == "__main__":
    sample = Sample()
    with ProcessPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(in_process, range(REQUESTS)))
    places = {number: place for place, number in enumerate(sorted({outcome[1] for outcome in outcomes}))}
    sample.finish([(request, places[number], *rest) for request, number, *rest in outcomes])
