import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/server.ts';
import { catalogOf } from '../test-support/catalogs.ts';
import type { ConnectorOptions } from '../test-support/connector.ts';
import { runInterrupted } from '../test-support/interrupted-runs.ts';
import { keysRead } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';
import { type ReadResult, type StateMessages, latestStates, read as readIn } from './reads.ts';

// Reads are killed at random lines and resumed from the last complete STATE, until one read completes. Together, the reads must emit all
// records, regardless of the API's undocumented behavior.

const INCREMENTAL = ['audit_events', 'deployments_recipes'] as const;
const DATA = { auditEvents: 3_000, deployments: 20, recipes: 12, latencyMs: 1 };

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => workspace.remove());

const modes: Array<[string, Partial<SandboxOptions>, number]> = [
  ['the API behaves as assumed', {}, 6],
  ['cursor and newer_than are inclusive', { cursor: 'inclusive', newerThan: 'inclusive' }, 6],
  ['newer_than is ignored', { newerThan: 'ignored' }, 5],
  ['the page size is clamped', { maxLimit: 20, cursor: 'inclusive' }, 5],
  ['many events share a timestamp', { ties: 120 }, 5],
  ['some events are dated in the future', { futureEvents: 30 }, 5],
  ['cursors of earlier reads are rejected', { oldCursors: 'refused' }, 3],
  ['cursors of earlier reads get an empty page', { oldCursors: 'empty' }, 3],
];

describe('reads that are killed at random lines and then resumed', () => {
  it.each(modes)(
    'if %s, no records are lost, and the next read emits only boundary records',
    async (_, options, kills) => {
      const sandbox = await startSandbox({ ...DATA, ...options });
      try {
        const { seen, state } = await readWithKills(sandbox, kills, () => sandbox.forgetCursors());
        for (const stream of INCREMENTAL) {
          expect(missing(sandbox, stream, seen[stream]), stream).toEqual([]);
        }
        const again = await read(sandbox, state);
        expect(again.violations).toEqual([]);
        expect(again.exitCode).toBe(0);
        // The boundary consists of one recipe per deployment, and of events that have the newest timestamp, are in the one-minute lookback
        // window, or are in the future.
        const boundary = (options.ties ?? 3) + (options.futureEvents ?? 0) + 10;
        expect(keysRead(again, 'audit_events').length).toBeLessThanOrEqual(boundary);
        expect(keysRead(again, 'deployments_recipes').length).toBeLessThanOrEqual(2 * DATA.deployments);
      } finally {
        await sandbox.close();
      }
    },
  );

  it('the reads also emit events that arrive during newest-first pagination, and after it', async () => {
    const sandbox = await startSandbox(DATA);
    try {
      const { seen, state } = await readWithKills(sandbox, 4, () => sandbox.addEvents(7));
      expect(missing(sandbox, 'audit_events', seen['audit_events'])).toEqual([]);
      sandbox.addEvents(5);
      const touched = [sandbox.touchRecipe(), sandbox.addRecipe()];
      const news = await read(sandbox, state);
      const all = new Set([...seen['audit_events'], ...keysRead(news, 'audit_events')]);
      expect(missing(sandbox, 'audit_events', all)).toEqual([]);
      expect(keysRead(news, 'audit_events').length).toBeLessThan(100);
      for (const { id } of touched) expect(keysRead(news, 'deployments_recipes')).toContain(id);
    } finally {
      await sandbox.close();
    }
  });

  it('despite a dozen kills, the reads emit 12,000 events and 240 recipes at most 1.5 times on average', async () => {
    const sandbox = await startSandbox({ ...DATA, auditEvents: 12_000 });
    try {
      const { seen, emitted } = await readWithKills(sandbox, 12);
      for (const stream of INCREMENTAL) expect(missing(sandbox, stream, seen[stream]), stream).toEqual([]);
      expect(emitted / 12_240).toBeLessThanOrEqual(1.5);
    } finally {
      await sandbox.close();
    }
  });
});

describe('a full refresh of both streams', () => {
  const run = { env: { WORKER_JOB_ID: '7' } };

  it('a full refresh of both streams resumes within the same job, and ignores the state of another job', async () => {
    const sandbox = await startSandbox({ ...DATA, latencyMs: 0 });
    try {
      const first = await read(sandbox, undefined, 'full_refresh', run);
      expect(keysRead(first, 'audit_events')).toHaveLength(3_000);
      const attempt2 = await read(sandbox, first.states, 'full_refresh', run);
      expect(keysRead(attempt2, 'audit_events').length).toBeLessThan(20);
      const otherJob = await read(sandbox, attempt2.states, 'full_refresh', {
        env: { WORKER_JOB_ID: '8' },
      });
      expect(keysRead(otherJob, 'audit_events')).toHaveLength(3_000);
      const noJob = await read(sandbox, otherJob.states, 'full_refresh');
      expect(keysRead(noJob, 'deployments_recipes')).toHaveLength(240);
      // A full refresh also ignores the state of an incremental read.
      const incremental = await read(sandbox, noJob.states, 'incremental');
      const refreshed = await read(sandbox, incremental.states, 'full_refresh');
      expect(keysRead(refreshed, 'audit_events')).toHaveLength(3_000);
    } finally {
      await sandbox.close();
    }
  });
});

describe('SIGTERM during newest-first pagination', () => {
  it('SIGTERM during newest-first pagination causes a final checkpoint, so that only the page in flight is read twice', async () => {
    const sandbox = await startSandbox({ ...DATA, latencyMs: 5 });
    try {
      const stopped = await read(sandbox, undefined, 'incremental', {
        killAfterLines: { lines: 700, signal: 'SIGTERM' },
      });
      expect(stopped.signal).toBe('SIGTERM');
      const finished = await read(sandbox, stopped.states);
      const first = keysRead(stopped, 'audit_events');
      const rest = keysRead(finished, 'audit_events');
      expect(missing(sandbox, 'audit_events', new Set([...first, ...rest]))).toEqual([]);
      expect(first.length).toBeLessThan(3_000);
      expect(first.length + rest.length - 3_000).toBeLessThan(20);
    } finally {
      await sandbox.close();
    }
  });
});

async function read(
  sandbox: Sandbox,
  state?: object,
  mode: 'full_refresh' | 'incremental' = 'incremental',
  run: ConnectorOptions = {},
): Promise<ReadResult> {
  const config = { api_token: sandbox.token, base_url: sandbox.baseUrl };
  return readIn(workspace, config, catalogOf(mode, [...INCREMENTAL]), state, run);
}

/** Kills `kills` reads at random lines, then lets a read complete. */
async function readWithKills(sandbox: Sandbox, kills: number, between?: () => void) {
  const seen = { audit_events: new Set<string>(), deployments_recipes: new Set<string>() };
  let emitted = 0;
  const last = await runInterrupted<StateMessages, ReadResult & { state: StateMessages }>({
    count: kills,
    maxLines: 400,
    run: async (state, killAfterLines) => {
      const result = await read(sandbox, state, 'incremental', { killAfterLines });
      expect(result.violations).toEqual([]);
      for (const stream of INCREMENTAL) {
        for (const key of keysRead(result, stream)) seen[stream].add(key);
        emitted += keysRead(result, stream).length;
      }
      return { ...result, state: latestStates(state, result.states) };
    },
    between,
  });
  expect(last.exitCode).toBe(0);
  return { seen, state: last.state, emitted };
}

function missing(sandbox: Sandbox, stream: (typeof INCREMENTAL)[number], seen: ReadonlySet<string>): string[] {
  return [...sandbox.keys(stream)].filter((key) => !seen.has(key));
}
