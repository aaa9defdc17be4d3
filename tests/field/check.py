"""Holds the built-in clients against curl and aiohttp, on servers that others wrote (README.md in this folder).

check.py REPORTGEN NGINX, run by the Python that has requirements.txt. Starts each server on a free port of 127.0.0.1, sweeps it
with field.toml, and fails (exit code 1) where a sample is not ok, a median is more than 5 % from the independent client's, or an
overhead is below zero without a caveat that says why.
"""

import csv
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOLERANCE = 0.05
TRIES = 3
# The built-in strategy, the client that it is held against, how long the server takes for a response, and the most requests.
# aiohttp needs some milliseconds for each sample, on a busy machine more: half a second makes them a small part.
PAIRS = [("sequential", "curl", 0.2, 5), ("async", "aiohttp", 0.5, 20)]
faults = []


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(command, port):
    """A server until the end of the block, which begins when it takes connections."""
    server = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if server.poll() is not None:
                sys.exit(f"{command} ended with {server.returncode} before it took a connection")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit(f"{command} takes no connection on port {port}")
        yield
    finally:
        server.terminate()
        server.wait()


def python(program, port):
    return [sys.executable, HERE / program, port]


def nginx(program, folder, port, upstream_port):
    """nginx's command line, its config written into the folder."""
    config = (HERE / "nginx.conf").read_text()
    for word, value in [("UPSTREAM_PORT", upstream_port), ("PORT", port), ("FOLDER", folder)]:
        config = config.replace(word, str(value))
    (folder / "nginx.conf").write_text(config)
    (folder / "file").write_bytes(b"x" * 1024)
    return [program, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]


def sweep(reportgen, server, url, requests, folder, *options):
    """The rows of raw.csv and the summary of one sweep; every sample has to be ok."""
    command = [reportgen, "--config", HERE / "field.toml", "--requests", requests, "--output-dir", folder, "--quiet", *options]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, env={**os.environ, "FIELD_URL": url})
    if not done.stdout.strip():
        sys.exit(f"{server}: the sweep wrote no run (exit code {done.returncode})")
    run = Path(done.stdout.strip())
    rows = list(csv.DictReader((run / "raw.csv").open()))
    for row in rows:
        if row["status"] != "ok":
            faults.append(f"{server}: {row['strategy']} at {row['requests']}: {row['status']} {row['error']}")
    print(f"{server}: {sum(row['status'] == 'ok' for row in rows)} of {len(rows)} samples ok", flush=True)
    summary = json.loads((run / "summary.json").read_text())
    explained = {caveat["kind"] for caveat in summary["caveats"]}
    for cell in summary["cells"]:
        # Within the noise it may be below zero: the interval of the median holds the ideal then, but for its rounding.
        below = cell.get("overhead_s") is not None and cell["ci_high_s"] < 0.999 * cell["ideal_s"]
        if below and "below-ideal" not in explained:
            faults.append(f"{server}: {cell['strategy']} at {cell['requests']}: overhead {cell['overhead_s']} s, no caveat")
    return rows


def median(rows, strategy):
    own = [row for row in rows if row["strategy"] == strategy and row["phase"] == "measure"]
    times = [float(row["duration_s"]) for row in own if row["duration_s"]]
    return statistics.median(times) if times else None


def hold(reportgen, server, url, folder, most):
    """Sweeps the server for each pair, prints the medians and keeps those too far apart."""
    for ours, theirs, seconds, requests in PAIRS:
        requests = str(min(requests, most))
        pair = ["--only", ours, "--only", theirs]
        # What another program on the machine disturbed is measured again; what is wrong is wrong each time.
        for _ in range(TRIES):
            rows = sweep(reportgen, server, f"{url}/{seconds}", requests, folder / server, *pair)
            measured, independent = median(rows, ours), median(rows, theirs)
            if measured is None or independent is None:
                faults.append(f"{server}: no median of {ours} or {theirs}")
                break
            apart = measured / independent - 1
            print(f"{server}: {requests} requests, {ours} {measured:.4f} s, {theirs} {independent:.4f} s, {apart:+.1%}", flush=True)
            if abs(apart) <= TOLERANCE:
                break
        else:
            faults.append(f"{server}: {ours} is {apart:+.1%} from {theirs}, in the last of {TRIES} tries")


def main():
    reportgen, nginx_program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for server, program, most in [
            ("Flask", "flask_app.py", 20),
            ("aiohttp", "aiohttp_app.py", 20),
            # No more than its listen queue has room for.
            ("http.server", "http_server.py", 5),
        ]:
            port = free_port()
            with running(python(program, port), port):
                hold(reportgen, server, f"http://127.0.0.1:{port}", folder, most)
        port, upstream_port = free_port(), free_port()
        with running(python("aiohttp_app.py", upstream_port), upstream_port):
            with running(nginx(nginx_program, folder, port, upstream_port), port):
                url = f"http://127.0.0.1:{port}"
                hold(reportgen, "nginx", url, folder, 20)
                # A file takes less than a tenth of a millisecond: here the ideal is at stake, and aiohttp is far slower.
                sweep(reportgen, "nginx, file", f"{url}/file", "200,2000", folder / "static", "--only", "sequential", "--only", "async")
    if faults:
        sys.exit("\n".join(["what differs:", *faults]))


main()
