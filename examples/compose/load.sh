#!/usr/bin/env bash
# Reads what is new since the last run, and writes it to Postgres. Tap and target take their settings from variables.
set -euo pipefail

# A state counts only once the target has printed it: then the rows before it are written.
goes_on=()
if [ -s "$STATE" ]; then goes_on=(--state "$STATE"); fi
code=0
tap-compose --config ENV "${goes_on[@]}" | target-postgres --config ENV >"$STATE.new" || code=$?
if [ -s "$STATE.new" ]; then tail -n 1 "$STATE.new" >"$STATE"; fi
exit "$code"
