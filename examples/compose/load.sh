#!/usr/bin/env bash
# Reads what is new since the last run, and writes it to Postgres. Tap and target are configured by variables.
set -euo pipefail

# Save a state only after the target has printed it: then the rows before it are written.
goes_on=()
if [ -s "$STATE" ]; then goes_on=(--state "$STATE"); fi
code=0
tap-compose --config ENV "${goes_on[@]}" | target-postgres --config ENV >"$STATE.new" || code=$?
if [ -s "$STATE.new" ]; then tail -n 1 "$STATE.new" >"$STATE"; fi
exit "$code"
