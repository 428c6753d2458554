import { expect, it } from 'vitest';
import type { SandboxOptions } from '../../sandbox/server.ts';
import { runInterrupted } from '../../test-support/interrupted-runs.ts';
import { type Synced, type Tapped, tapped } from './taps.ts';
import type { Row } from './transcript.ts';

// Syncs are stopped at random lines and resumed from the last printed STATE, until one sync completes. Together, the syncs must emit all
// records.

const INCREMENTAL = ['audit_events', 'deployments_recipes'] as const;
const both = { audit_events: {}, deployments_recipes: {} };
const DATA = { auditEvents: 6_000, deployments: 20, recipes: 12, latencyMs: 1 };

const cases: Array<[string, Partial<SandboxOptions>, number, NodeJS.Signals]> = [
  ['the API behaves as assumed', {}, 8, 'SIGKILL'],
  ['cursor and newer_than are inclusive', { cursor: 'inclusive', newerThan: 'inclusive' }, 8, 'SIGTERM'],
];

it.each(cases)('syncs that are interrupted and resumed lose no records if %s', async (_, options, ends, signal) => {
  await tapped({ ...DATA, ...options }, async (given) => {
    const seen = await syncWithEnds(given, ends, signal);
    for (const stream of INCREMENTAL) {
      expect(
        [...given.sandbox.keys(stream)].filter((key) => !seen.has(`${stream} ${key}`)),
        stream,
      ).toEqual([]);
    }
  });
});

it('syncs that are interrupted and resumed also emit events that arrive between syncs', async () => {
  await tapped(DATA, async (given) => {
    const seen = await syncWithEnds(given, 6, 'SIGTERM', () => {
      given.sandbox.addEvents(7);
      given.sandbox.touchRecipe();
    });
    const { sandbox } = given;
    expect([...sandbox.keys('audit_events')].filter((key) => !seen.has(`audit_events ${key}`))).toEqual([]);
  });
});

/** Stops `ends` syncs at random lines, then lets a sync complete. Returns the keys of all emitted records. */
async function syncWithEnds(
  { sync }: Tapped,
  ends: number,
  signal: NodeJS.Signals,
  between?: () => void,
): Promise<Set<string>> {
  const seen = new Set<string>();
  const last = await runInterrupted<Row, Synced & { state: Row | undefined }>({
    count: ends,
    maxLines: 900,
    signal,
    run: async (state, killAfterLines) => {
      const synced = await sync({ choices: both, state, sent: killAfterLines?.signal, run: { killAfterLines } });
      expect(synced.violations).toEqual([]);
      for (const stream of INCREMENTAL) for (const key of synced.keys(stream)) seen.add(`${stream} ${key}`);
      return { ...synced, state: synced.states.at(-1) ?? state };
    },
    between,
  });
  expect(last.exitCode).toBe(0);
  return seen;
}
