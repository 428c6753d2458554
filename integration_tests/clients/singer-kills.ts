import { Readable } from 'node:stream';
import { startConnector } from '../../test-support/connector.ts';
import { type Finished, lastLines, start } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import { startPostgres } from './postgres.ts';
import { TARGETS_TITLE, type Target, changesIn, keysIn, openTargets } from './singer-targets.ts';
import { type ClientTest, type Stage, allKeys } from './stage.ts';

// `tap | target` without anybody in between, killed again and again, and gone on with from the state that the target
// printed last. What it holds in the end must be everything.

/** How a run is broken off. Meltano stops both at once, and kills the tap if the target has ended. */
const ENDS = [
  { victim: 'tap', signal: 'SIGKILL' },
  { victim: 'target', signal: 'SIGKILL' },
  { victim: 'tap', signal: 'SIGTERM' },
  { victim: 'target', signal: 'SIGTERM' },
  { victim: 'both', signal: 'SIGTERM' },
] as const;
type End = (typeof ENDS)[number];

/** Every way to end a run at least twice. */
const KILLS = 12;
/** What every run prints at least, whatever its state: all streams but two are read in full. */
const LINES_AT_LEAST = 150;

export const singerKills: ClientTest = {
  name: 'singer-kills',
  title: `tap-compose, killed ${KILLS} times on its way into each of ${TARGETS_TITLE}`,
  holdings: { auditEvents: 4_000 },
  run: async (stage) => {
    const postgres = await startPostgres(stage.folder);
    try {
      for (const target of await openTargets(stage, postgres, 500)) await killAndGoOn(stage, target);
    } finally {
      postgres.stop();
    }
  },
};

async function killAndGoOn(stage: Stage, target: Target): Promise<void> {
  const { sandbox, report } = stage;
  const changed: Array<{ id: string; updatedAt: string }> = [];
  let state: string | undefined;
  let states = 0;
  for (let kills = 0; kills < KILLS; kills += 1) {
    const end = ENDS[kills % ENDS.length]!;
    const missing = sandbox.counts().audit_events - ((await keysIn(target))['audit_events']?.length ?? 0);
    const line = 1 + random(LINES_AT_LEAST + missing);
    const run = await pipe(stage, target, state, { ...end, line });
    if (!run.killed) report.fail(`kill ${kills + 1}`, `the run was through before line ${line}`);
    if (run.state !== undefined) states += 1;
    state = run.state ?? state;
    sandbox.addEvents(3);
    changed.push(sandbox.touchRecipe(), sandbox.addRecipe(sandbox.deploymentIds.at(-1)));
  }
  const last = await pipe(stage, target, state);
  const codes = [last.tap.exitCode, last.target.exitCode];
  if (codes.some((code) => code !== 0))
    report.fail(`${target.name}: the last run`, lastLines(last.tap.stderr + last.target.stderr));
  const what = `${target.name}, killed ${KILLS} times, ${states} states printed meanwhile`;
  report.keys(what, await keysIn(target), allKeys(sandbox));
  const held = changesIn(await target.rows(), 'deployments_recipes');
  const newest = new Map(changed.map(({ id, updatedAt }) => [id, updatedAt]));
  const stale = [...newest].filter(([id, updatedAt]) => held.get(id) !== new Date(updatedAt).toISOString());
  report.same(`${target.name}: ${newest.size} recipes as they were changed in between`, stale, []);
}

let seed = 42;

/** A whole number below `bound`; the same ones in every run. */
function random(bound: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed % bound;
}

interface PipeRun {
  tap: Finished;
  target: Finished;
  killed: boolean;
  /** The last one that the target printed, if it printed any. */
  state: string | undefined;
}

/** Runs `tap | target` once, and breaks it off when the tap has printed so many lines. */
async function pipe(stage: Stage, target: Target, state?: string, end?: End & { line: number }): Promise<PipeRun> {
  const config = stage.file('config.json', stage.config);
  const resume = state === undefined ? [] : ['--state', stage.file('state.json', state)];
  const tap = startConnector(['--config', config, ...resume], { program: 'tap-compose', stdout: 'leave' });
  let killed = false;
  const lines = tap.child.stdout!;
  const input = end === undefined ? lines : Readable.from(killingAt(lines, end.line, kill));
  const targetConfig = stage.file(`${target.name}.json`, target.config);
  const loading = start(target.program, ['--config', targetConfig], { ...PYTHON_OPTIONS, cwd: stage.folder, input });
  function kill(): void {
    killed = true;
    if (end?.victim !== 'target') tap.child.kill(end?.signal);
    if (end?.victim !== 'tap') loading.child.kill(end?.signal);
  }
  const finished = await loading.finished;
  // As Meltano does when the target is gone.
  if (killed) tap.child.kill('SIGKILL');
  const printed = finished.stdout.split('\n').filter((line) => line.startsWith('{'));
  return { tap: await tap.finished, target: finished, killed, state: printed.at(-1) };
}

/** What comes, as it comes; calls `kill` once the line with this number has been handed on. */
async function* killingAt(output: Readable, line: number, kill: () => void): AsyncGenerator<Buffer> {
  let lines = 0;
  for await (const chunk of output as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) {
      lines += 1;
      if (lines !== line) continue;
      from = at + 1;
      yield chunk.subarray(0, from);
      kill();
    }
    if (from < chunk.length) yield chunk.subarray(from);
  }
}
