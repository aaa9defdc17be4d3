"""A pool of threads with requests: ThreadPoolExecutor."""

import threading
from concurrent.futures import ThreadPoolExecutor

from blocking import fetch
from protocol import REQUESTS, WORKERS, Sample


def in_thread(request):
    # The pool names its threads "w_0", "w_1", …
    return fetch(request, int(threading.current_thread().name.rsplit("_", 1)[1]))


sample = Sample()
with ThreadPoolExecutor(WORKERS, thread_name_prefix="w") as pool:
    outcomes = list(pool.map(in_thread, range(REQUESTS)))
sample.finish(outcomes)
