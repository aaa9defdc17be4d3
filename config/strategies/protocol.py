"""What every Python client here shares: the work it is told, the clock, and the lines it writes (docs/strategies.md)."""

import json
import os
import sys
import time

URL = os.environ["REPORTGEN_URL"]
REQUESTS = int(os.environ["REPORTGEN_REQUESTS"])
WORKERS = int(os.environ["REPORTGEN_WORKERS"])
TIMEOUT_S = float(os.environ["REPORTGEN_TIMEOUT_S"])
METHOD = os.environ.get("REPORTGEN_METHOD", "GET")
BODY = os.environ.get("REPORTGEN_BODY", "").encode()
HEADERS = json.loads(os.environ.get("REPORTGEN_HEADERS", "{}"))

# A request is one exchange with the address, as in the built-in strategies: no proxy.
os.environ["NO_PROXY"] = "*"

# Monotonic, and on Linux the same in every process, so that a pool's processes and their parent agree.
now = time.monotonic


class Sample:
    """The measured window: opened when the pool or session is about to be made, closed after the last response."""

    def __init__(self):
        self.start = now()

    def finish(self, outcomes):
        """Writes a line for each (request, worker, start, end, status, bytes, error), then the window's own."""
        duration_s = now() - self.start
        lines = []
        for request, worker, start, end, status, size, error in sorted(outcomes):
            line = {
                "event": "request",
                "request": request,
                "worker": worker,
                "start_s": round(start - self.start, 9),
                "end_s": round(end - self.start, 9),
                "bytes": size,
            }
            if status is not None:
                line["status"] = status
            if error is not None:
                line["error"] = error
            lines.append(json.dumps(line))
        first = min((outcome[2] for outcome in outcomes), default=self.start)
        done = {"event": "done", "setup_s": round(first - self.start, 9), "duration_s": round(duration_s, 9)}
        lines.append(json.dumps(done))
        sys.stdout.write("\n".join(lines) + "\n")
