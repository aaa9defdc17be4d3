#!/bin/sh
# One request after another by one curl over one connection. curl times each transfer; the sample is their sum.

request=0
while [ "$request" -lt "$REPORTGEN_REQUESTS" ]; do
    printf 'url = "%s"\noutput = "/dev/null"\n' "$REPORTGEN_URL"
    request=$((request + 1))
done | curl --config - --silent --max-time "$REPORTGEN_TIMEOUT_S" --noproxy '*' --write-out '%{urlnum} %{time_total} %{http_code}\n' |
    awk '{ printf "{\"event\":\"request\",\"request\":%d,\"start_s\":%.6f,\"end_s\":%.6f,\"status\":%d}\n", $1, sum, sum + $2, $3; sum += $2 }
        END { printf "{\"event\":\"done\",\"setup_s\":0,\"duration_s\":%.6f}\n", sum }'
