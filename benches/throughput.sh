#!/usr/bin/env bash
# Requests per second of `reportgen serve --delay 0s` beside nginx's static answer, both asked by wrk on this machine, in turns.
# Prints medians with their spread and the ratio. Needs wrk and nginx (Debian's packages of these names); says so without them.
#
#   benches/throughput.sh                 7 rounds of 3 s each
#   benches/throughput.sh 11 5            11 rounds of 5 s each
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-7} seconds=${2:-3}

for tool in wrk nginx; do
    command -v "$tool" >/dev/null || { echo "not measured: $tool is not installed (apt-get install $tool)"; exit 3; }
done
cargo build --release --quiet
work=$(mktemp -d)
server='' nginx=''
trap 'kill $server $nginx 2>/dev/null || true; rm -rf "$work"' EXIT

target/release/reportgen serve --port 0 --delay 0s >"$work/url" 2>/dev/null &
server=$!
# The same answer, from memory, by one process, as the delay server is one.
cat >"$work/nginx.conf" <<CONF
worker_processes 1; daemon off; pid $work/pid; error_log $work/error.log;
events { worker_connections 4096; }
http {
    access_log off; keepalive_requests 1000000000;
    server { listen 127.0.0.1:18080; location / { default_type text/plain; return 200 "delayed response"; } }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" 2>/dev/null &
nginx=$!
until [ -s "$work/url" ] && (echo >/dev/tcp/127.0.0.1/18080) 2>/dev/null; do sleep 0.1; done
url=$(head -n 1 "$work/url")

for _ in $(seq "$rounds"); do
    for side in reportgen nginx; do
        [ "$side" = nginx ] && address=http://127.0.0.1:18080/ || address=$url
        wrk -t1 -c20 -d"${seconds}s" "$address" >"$work/said"
        ! grep -q 'Non-2xx\|Socket errors' "$work/said" || { echo "$side failed:"; cat "$work/said"; exit 1; }
        awk '/Requests\/sec/ { print $2 }' "$work/said" >>"$work/$side"
    done
done
middle() { sort -n "$work/$1" | awk '{ v[NR] = $1 } END { printf "%.0f %.0f %.0f\n", (v[int((NR+1)/2)] + v[int(NR/2)+1]) / 2, v[1], v[NR] }'; }
read -r own own_low own_high < <(middle reportgen)
read -r other other_low other_high < <(middle nginx)
echo "requests per second, 20 connections, $rounds rounds of $seconds s: medians (least to most)"
echo "reportgen serve --delay 0s  $own ($own_low–$own_high)"
echo "nginx, one worker           $other ($other_low–$other_high)"
awk -v a="$own" -v b="$other" 'BEGIN { printf "ratio                       %.2f\n", a / b }'
