#!/usr/bin/env bash
# Reads records, starting from the last run's state, and writes the records to Postgres. Environment variables configure the tap and the
# target.
set -euo pipefail

# Save only states that the target prints, because the target prints a state only after writing all preceding rows.
goes_on=()
if [ -s "$STATE" ]; then goes_on=(--state "$STATE"); fi
code=0
tap-compose --config ENV "${goes_on[@]}" | target-postgres --config ENV >"$STATE.new" || code=$?
if [ -s "$STATE.new" ]; then tail -n 1 "$STATE.new" >"$STATE"; fi
exit "$code"
