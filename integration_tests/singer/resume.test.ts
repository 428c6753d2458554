import { expect, it } from 'vitest';
import type { SandboxOptions } from '../../sandbox/server.ts';
import { type Tapped, tapped } from './taps.ts';
import type { Row } from './transcript.ts';

// A sync is ended at arbitrary lines and gone on with from the last STATE that came out, until one comes to its end. What
// all of them brought together must be everything.

const INCREMENTAL = ['audit_events', 'deployments_recipes'] as const;
const both = { audit_events: {}, deployments_recipes: {} };
const DATA = { auditEvents: 6_000, deployments: 20, recipes: 12, latencyMs: 1 };

const cases: Array<[string, Partial<SandboxOptions>, number, NodeJS.Signals]> = [
  ['as the API is taken to be', {}, 12, 'SIGKILL'],
  ['the same, stopped', {}, 12, 'SIGTERM'],
  ['an inclusive cursor and an inclusive newer_than', { cursor: 'inclusive', newerThan: 'inclusive' }, 8, 'SIGKILL'],
  ['many events share a timestamp', { ties: 120 }, 8, 'SIGTERM'],
  ['some events are dated in the future', { futureEvents: 30 }, 6, 'SIGKILL'],
];

it.each(cases)('%s: nothing is lost', async (_, options, ends, signal) => {
  await tapped({ ...DATA, ...options }, async (given) => {
    const { seen, ended } = await syncWithEnds(given, ends, signal);
    expect(ended).toBe(ends);
    for (const stream of INCREMENTAL) {
      expect(
        [...given.sandbox.keys(stream)].filter((key) => !seen.has(`${stream} ${key}`)),
        stream,
      ).toEqual([]);
    }
  });
});

it('events that arrive between the runs are brought as well', async () => {
  await tapped(DATA, async (given) => {
    const { seen, ended } = await syncWithEnds(given, 6, 'SIGTERM', () => {
      given.sandbox.addEvents(7);
      given.sandbox.touchRecipe();
    });
    expect(ended).toBe(6);
    const { sandbox } = given;
    expect([...sandbox.keys('audit_events')].filter((key) => !seen.has(`audit_events ${key}`))).toEqual([]);
  });
});

/** Ends `ends` syncs at lines that a fixed sequence picks, then lets one come to its end. */
async function syncWithEnds(
  { sync }: Tapped,
  ends: number,
  signal: NodeJS.Signals,
  between: () => void = () => undefined,
): Promise<{ seen: Set<string>; ended: number }> {
  const seen = new Set<string>();
  let state: Row | undefined;
  let ended = 0;
  let random = 42;
  for (let left = ends; ; left -= 1) {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    const stopAt = left > 0 ? 1 + (random % 900) : Infinity;
    let lines = 0;
    const synced = await sync({
      choices: both,
      state,
      sent: left > 0 ? signal : undefined,
      run: {
        onLine: (_, kill) => {
          if ((lines += 1) === stopAt) kill(signal);
        },
      },
    });
    expect(synced.violations).toEqual([]);
    for (const stream of INCREMENTAL) for (const key of synced.keys(stream)) seen.add(`${stream} ${key}`);
    if (synced.signal === signal) ended += 1;
    state = synced.states.at(-1) ?? state;
    if (left <= 0) {
      expect(synced.exitCode).toBe(0);
      return { seen, ended };
    }
    between();
  }
}
