import { Readable } from 'node:stream';
import { startConnector } from '../../test-support/connector.ts';
import { randomNumbers } from '../../test-support/interrupted-runs.ts';
import { type Finished, lastLines, start } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import { startPostgres } from './postgres.ts';
import { TARGETS_TITLE, type Target, changesIn, keysIn, openTargets } from './singer-targets.ts';
import { type ClientTest, type Stage, allKeys } from './stage.ts';

// Repeatedly interrupts `tap | target`, without Meltano, and resumes from the last state that the target printed. At
// the end, the target must contain all rows.

/**
 * How a sync is interrupted: after any line of the tap, after a STATE line, or after the first state that the target
 * prints. The last two kinds reveal a state that is ahead of its records.
 */
interface End {
  victim: 'tap' | 'target' | 'both';
  signal: 'SIGKILL' | 'SIGTERM';
  after: 'any' | 'STATE' | 'print';
}

/** Meltano stops both processes simultaneously, and kills the tap if the target has exited. */
const ENDS: readonly End[] = [
  { victim: 'tap', signal: 'SIGKILL', after: 'any' },
  { victim: 'target', signal: 'SIGKILL', after: 'any' },
  { victim: 'tap', signal: 'SIGKILL', after: 'STATE' },
  { victim: 'both', signal: 'SIGTERM', after: 'any' },
  { victim: 'tap', signal: 'SIGTERM', after: 'any' },
  { victim: 'target', signal: 'SIGKILL', after: 'print' },
  { victim: 'target', signal: 'SIGTERM', after: 'any' },
];

const KILLS = ENDS.length;
/** The number of events added between two syncs, so that each sync has enough to read. */
const NEW_EVENTS = 150;
/** PipelineWise's target writes this many rows of a stream at once, and then prints a state. */
const BATCH_ROWS = 100;

export const singerPipes: ClientTest = {
  name: 'singer-pipes',
  title: `tap-compose, interrupted ${KILLS} times with each of ${TARGETS_TITLE}`,
  holdings: { auditEvents: 1_000 },
  run: async (stage) => {
    const postgres = await startPostgres(stage.folder);
    try {
      for (const target of await openTargets(stage, postgres, BATCH_ROWS)) {
        await takeOddTexts(stage, target);
        await breakOffAndGoOn(stage, target);
      }
    } finally {
      postgres.stop();
    }
  },
};

/**
 * Text that has made targets fail or split lines. It contains no plain line break, because PipelineWise's target writes
 * a backslash and an n instead.
 */
const ODD = 'NUL \u0000, half of \ud83d, all of \u{1F600}, line breaks \u0085 \u2028, no NUL: \\u0000, "\\';
/** Targets replace the characters that they can't store. */
const HELD = ODD.replace('\u0000', '\ufffd').toWellFormed();

/** Data that the schema doesn't describe. */
function nested(text: string): unknown[] {
  return [
    { id: 7, name: ['not a text'], [text]: null, deep: [[{ big: 123_456_789_012_345_680_000, some: 1.5 }, text]] },
  ];
}

/** Loads a team with unusual text, which every target must accept. Later syncs emit the original team again. */
async function takeOddTexts(stage: Stage, target: Target): Promise<void> {
  const { sandbox, report } = stage;
  const [id] = sandbox.keys('teams');
  const body = { _embedded: { teams: [{ id, name: ODD, users: nested(ODD), undeclared: ODD }] } };
  sandbox.setFaults([{ path: '/teams', kind: 'status', status: 200, body }]);
  const { tap, target: loaded } = await pipe(stage, target);
  sandbox.setFaults([]);
  if (loaded.exitCode !== 0) report.fail(`${target.name}: unusual text`, lastLines(loaded.stderr));
  const [row] = (await target.rows())['teams'] ?? [];
  report.same(`${target.name}: unusual text is loaded`, [tap.exitCode, row?.['name']], [0, HELD]);
  report.same(`${target.name}: unusual text in lists and objects is loaded`, row?.['users'], nested(HELD));
}

async function breakOffAndGoOn(stage: Stage, target: Target): Promise<void> {
  const { sandbox, report } = stage;
  const changed = new Map<string, string>();
  let state: string | undefined;
  let states = 0;
  for (let kills = 0; kills < KILLS; kills += 1) {
    const held = (await keysIn(target))['audit_events']?.length ?? 0;
    // Regardless of its state, a sync prints more lines than there are missing events.
    const line = 1 + random(sandbox.counts().audit_events - held);
    const run = await pipe(stage, target, state, { ...ENDS[kills % ENDS.length]!, line });
    if (!run.killed) report.fail(`${target.name}, kill ${kills + 1}`, `the sync ended before line ${line}`);
    if (run.state !== undefined) states += 1;
    state = run.state ?? state;
    sandbox.addEvents(NEW_EVENTS);
    for (const { id, updatedAt } of [sandbox.touchRecipe(), sandbox.addRecipe(sandbox.deploymentIds.at(-1))]) {
      changed.set(id, new Date(updatedAt).toISOString());
    }
  }
  const last = await pipe(stage, target, state);
  const codes = { tap: last.tap.exitCode, target: last.target.exitCode };
  report.same(`${target.name}: the last sync succeeds`, codes, { tap: 0, target: 0 });
  if (last.tap.exitCode !== 0) report.say(lastLines(last.tap.stderr));
  if (last.target.exitCode !== 0) report.say(lastLines(last.target.stderr));
  const what = `${target.name}, interrupted ${KILLS} times, ${states} times with a new state`;
  report.keys(what, await keysIn(target), allKeys(sandbox));
  const recipes = changesIn(await target.rows(), 'deployments_recipes');
  const stale = [...changed].filter(([id, at]) => recipes.get(id) !== at);
  report.same(`${target.name}: ${changed.size} recipes changed between syncs were updated`, stale, []);
}

const random = randomNumbers();

interface PipeRun {
  tap: Finished;
  target: Finished;
  killed: boolean;
  /** The last state that the target printed, if any. */
  state: string | undefined;
}

/** Runs `tap | target` once, and interrupts it as specified by `end`. */
async function pipe(stage: Stage, target: Target, state?: string, end?: End & { line: number }): Promise<PipeRun> {
  const config = stage.file('config.json', stage.config);
  const resume = state === undefined ? [] : ['--state', stage.file('state.json', state)];
  const tap = startConnector(['--config', config, ...resume], { program: 'tap-compose', stdout: 'leave' });
  const output = tap.child.stdout!;
  let killed = false;
  const input = end === undefined || end.after === 'print' ? output : Readable.from(brokenOff(output, end, kill));
  const targetConfig = stage.file(`${target.name}.json`, target.config);
  const loading = start(target.program, ['--config', targetConfig], {
    ...PYTHON_OPTIONS,
    cwd: stage.folder,
    input,
    onLine: () => {
      if (end?.after === 'print' && !killed) kill();
    },
  });
  function kill(): void {
    killed = true;
    if (end?.victim !== 'target') tap.child.kill(end?.signal);
    if (end?.victim !== 'tap') loading.child.kill(end?.signal);
  }
  const finished = await loading.finished;
  if (killed) tap.child.kill('SIGKILL');
  const printed = finished.stdout.split('\n').filter((line) => line.startsWith('{'));
  return { tap: await tap.finished, target: finished, killed, state: printed.at(-1) };
}

/**
 * Passes on the tap's output as it arrives, and calls `kill` after the line specified by `end`. If the tap is killed,
 * the output ends after this line, because a target that receives a truncated line fails and never prints its state.
 */
async function* brokenOff(output: Readable, end: End & { line: number }, kill: () => void): AsyncGenerator<Buffer> {
  let lines = 0;
  let killed = false;
  let text = '';
  for await (const chunk of output as AsyncIterable<Buffer>) {
    if (killed) {
      yield chunk;
      continue;
    }
    text += chunk.toString('latin1');
    for (let at = text.indexOf('\n'); at !== -1 && !killed; at = text.indexOf('\n')) {
      const line = text.slice(0, at + 1);
      text = text.slice(at + 1);
      lines += 1;
      yield Buffer.from(line, 'latin1');
      if (lines < end.line || (end.after === 'STATE' && !line.startsWith('{"type":"STATE"'))) continue;
      killed = true;
      kill();
    }
    if (!killed) continue;
    if (end.victim === 'tap' && end.signal === 'SIGKILL') return;
    yield Buffer.from(text, 'latin1');
  }
}
