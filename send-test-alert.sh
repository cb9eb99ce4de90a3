#!/bin/sh
# Sends one alert the way Alertmanager does, and says in words what became of it. Keeps nothing on disk.
set -eu

name=KubePodCrashLooping
namespace=shop
pod=checkout-6d4b75cb6d-8hx2k
severity=warning
status=firing
url=${ALERT_URL:-}
token=${ALERT_TOKEN:-}

usage() {
    cat <<'EOF'
Usage: ./send-test-alert.sh [options]

Sends a firing alert to the service; with --resolved and the same options otherwise it resolves that alert.

  --resolved            the alert has ended
  --name NAME           alertname             (KubePodCrashLooping)
  --namespace NAME      namespace             (shop)
  --pod NAME            pod                   (checkout-6d4b75cb6d-8hx2k)
  --severity WORD       critical, warning...  (warning)
  --url URL             where to; else ALERT_URL, else built from ALERT_PORT
  --token TOKEN         else ALERT_TOKEN, else WEBHOOK_TOKEN
  --help

ALERT_PORT, BIND_ADDRESS and WEBHOOK_TOKEN come from the environment, else from .env in this directory or beside the
script. Exits with 0 when the alert was taken.
EOF
}

fail() {
    printf '✖ %s\n' "$1" >&2
    exit "${2:-1}"
}

while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
        --resolved) status=resolved; continue ;;
        -h | --help) usage; exit 0 ;;
        --name | --namespace | --pod | --severity | --url | --token) ;;
        *) fail "unknown option $option; --help lists them" 2 ;;
    esac
    [ $# -gt 0 ] || fail "$option needs a value" 2
    case $option in
        --name) name=$1 ;;
        --namespace) namespace=$1 ;;
        --pod) pod=$1 ;;
        --severity) severity=$1 ;;
        --url) url=$1 ;;
        --token) token=$1 ;;
    esac
    shift
done

# Read, not sourced: a .env is data, and a stray $(...) in it must not run.
from_file() {
    for file in ./.env "$(dirname "$0")/.env"; do
        [ -r "$file" ] || continue
        line=$(sed -n "s/^[[:space:]]*\(export[[:space:]][[:space:]]*\)\{0,1\}$1[[:space:]]*=[[:space:]]*//p" "$file" |
            tail -n 1 | tr -d '\r')
        case $line in
            \"*) line=${line#\"}; line=${line%%\"*} ;;
            \'*) line=${line#\'}; line=${line%%\'*} ;;
            *) line=$(printf '%s' "$line" | sed 's/[[:space:]]#.*$//; s/^#.*$//; s/[[:space:]]*$//') ;;
        esac
        printf '%s' "$line"
        return
    done
}

json() {
    printf '%s' "$1" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'
}

if [ -z "$url" ]; then
    port=${ALERT_PORT:-$(from_file ALERT_PORT)}
    host=${BIND_ADDRESS:-$(from_file BIND_ADDRESS)}
    case $host in
        '' | 0.0.0.0 | ::) host=127.0.0.1 ;;
        *:*) host="[$host]" ;;
    esac
    url="http://$host:${port:-8081}/api/v1/alertmanager"
fi
[ -n "$token" ] || token=${WEBHOOK_TOKEN:-$(from_file WEBHOOK_TOKEN)}
# Two stand there while the token is being changed; either opens.
token=${token%%,*}

now=$(date -u +%Y-%m-%dT%H:%M:%S.%N)
case $now in
    # This date has no %N.
    *N) now=${now%.*} ;;
esac
now=${now}Z
ends=0001-01-01T00:00:00Z
[ "$status" = firing ] || ends=$now

identity="$name/$namespace/$pod/$severity"
fingerprint=$(printf '%08x%08x' "$(printf '%s' "$identity" | cksum | cut -d' ' -f1)" \
    "$(printf '%s' "again $identity" | cksum | cut -d' ' -f1)")

name_json=$(json "$name")
namespace_json=$(json "$namespace")
pod_json=$(json "$pod")
severity_json=$(json "$severity")
group=$(json "{}:{alertname=\"$name_json\", namespace=\"$namespace_json\"}")

body=$(
    cat <<EOF
{
  "version": "4",
  "groupKey": "$group",
  "truncatedAlerts": 0,
  "status": "$status",
  "receiver": "chatops",
  "groupLabels": {"alertname": "$name_json", "namespace": "$namespace_json"},
  "commonLabels": {"alertname": "$name_json", "namespace": "$namespace_json", "severity": "$severity_json"},
  "commonAnnotations": {},
  "externalURL": "http://alertmanager.example:9093",
  "alerts": [
    {
      "status": "$status",
      "labels": {
        "alertname": "$name_json",
        "namespace": "$namespace_json",
        "pod": "$pod_json",
        "container": "checkout",
        "reason": "CrashLoopBackOff",
        "severity": "$severity_json"
      },
      "annotations": {
        "summary": "Pod is crash looping.",
        "description": "Pod $namespace_json/$pod_json is in waiting state (reason: CrashLoopBackOff). This is a test."
      },
      "startsAt": "$now",
      "endsAt": "$ends",
      "generatorURL": "http://prometheus.example:9090/graph",
      "fingerprint": "$fingerprint"
    }
  ]
}
EOF
)

# The token goes through standard input or the environment: arguments can be read by every user of the machine.
with_curl() {
    {
        printf 'header = "Content-Type: application/json"\n'
        [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\n' "$(json "$token")"
    } | curl --silent --show-error --globoff --max-time 15 --noproxy '127.0.0.1,localhost,[::1]' --user-agent send-test-alert \
        --config - --data-binary "$body" --write-out '\n%{http_code}' "$url"
}

with_python() {
    printf '%s' "$body" | ALERT_TOKEN=$token ALERT_URL=$url python3 -c '
import os, sys, urllib.error, urllib.request
request = urllib.request.Request(os.environ["ALERT_URL"], sys.stdin.buffer.read(), method="POST")
request.add_header("Content-Type", "application/json")
request.add_header("User-Agent", "send-test-alert")
if os.environ["ALERT_TOKEN"]:
    request.add_header("Authorization", "Bearer " + os.environ["ALERT_TOKEN"])
try:
    answer = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=15)
except urllib.error.HTTPError as error:
    answer = error
except (OSError, ValueError) as error:
    sys.exit(str(error))
with answer:
    print(answer.read().decode(errors="replace"))
    print(answer.status)
'
}

if command -v curl >/dev/null 2>&1; then
    send=with_curl
elif command -v python3 >/dev/null 2>&1; then
    send=with_python
else
    fail 'neither curl nor python3 is here: install one of them'
fi

answer=$($send) || answer=000
code=$(printf '%s\n' "$answer" | tail -n 1)
case $code in
    200) printf '✔ taken: %s of %s/%s, %s\n' "$name" "$namespace" "$pod" "$status" ;;
    000) fail "nobody answers at $url: start the service (make run), or set ALERT_PORT or --url to where it listens" ;;
    401) fail '401: the token is wrong or missing: give the service'"'"'s WEBHOOK_TOKEN here, or as --token' ;;
    404 | 405) fail "$code: the service is not behind this address: ALERT_PORT is the one, and the path ends in /api/v1/alertmanager" ;;
    503) fail '503: the service runs and cannot store the alert: look at its log, and at the space and rights of its database' ;;
    *) fail "$code: the service did not take the alert; it said: $(printf '%s\n' "$answer" | sed '$d' | head -c 400)" ;;
esac
