#!/bin/sh
# All requests at once by one curl, from version 7.75 on; plain GETs. It writes no "done" line, so the time of the whole process
# counts, the start of shell and curl included: what a shell script really costs.

if [ "$REPORTGEN_REQUESTS" -gt 300 ]; then
    echo "curl makes at most 300 transfers at once, not $REPORTGEN_REQUESTS" >&2
    exit 1
fi

# What curl writes after each transfer. It counts from the transfer's own start, and all of them start together.
line='{"event":"request","request":%{urlnum},"start_s":0,"end_s":%{time_total},"status":%{http_code},"bytes":%{size_download},"exit":%{exitcode}}\n'

request=0
while [ "$request" -lt "$REPORTGEN_REQUESTS" ]; do
    printf 'url = "%s"\noutput = "/dev/null"\n' "$REPORTGEN_URL"
    request=$((request + 1))
done | curl --config - --silent --no-progress-meter --parallel --parallel-immediate \
    --parallel-max "$REPORTGEN_REQUESTS" --max-time "$REPORTGEN_TIMEOUT_S" --noproxy '*' --write-out "$line" |
    # A transfer without a response has status 000, which is no number: its exit code says why.
    sed -e 's/"status":000\(.*"exit":28}\)/"error":"request-timeout"\1/' \
        -e 's/"status":000\(.*"exit":7}\)/"error":"refused"\1/' -e 's/"status":000/"error":"other"/'
