import { catalogOf } from '../../test-support/catalogs.ts';
import { startConnector } from '../../test-support/connector.ts';
import { lastLines } from '../../test-support/processes.ts';
import { pinned } from '../../test-support/python.ts';
import { contentsOf, messagesOf } from '../../test-support/transcript.ts';
import { MeltanoProject } from './meltano-project.ts';
import type { Counts } from './report.ts';
import { type Target, changesIn, keysIn, openJsonl } from './singer-targets.ts';
import { type ClientTest, INCREMENTAL, type News, type Stage, allKeys, makeNews } from './stage.ts';

/** More than two pages of audit events, so that a sync can be interrupted between pages. */
const MANY_EVENTS = 25;

export const meltano: ClientTest = {
  name: 'meltano',
  title: `Meltano ${pinned('meltano', 'meltano')} with tap-compose from the wheel, without Node.js or Docker, into target-jsonl`,
  run: async (stage) => {
    const target = await openJsonl(stage);
    const project = await MeltanoProject.create(stage, target);
    await testWrongToken(stage, project);
    await runTwice(stage, project, target);
    await failAndGoOn(stage, project, target);
    await refresh(stage, project, target);
    await changeOver(stage, project, target);
  },
};

/** Tests only a wrong token, because the project's token has already been tested. */
async function testWrongToken({ report }: Stage, project: MeltanoProject): Promise<void> {
  const bad = await project.call(['config', 'test', 'tap-compose'], { TAP_COMPOSE_PLATFORM_API_TOKEN: 'wrong' });
  const said = /"message":"(.*)"/.exec(bad.stdout + bad.stderr)?.[1] ?? lastLines(bad.stdout + bad.stderr);
  report.same(`config test with a wrong token says: ${said}`, [bad.exitCode, said.includes('token')], [1, true]);
}

async function runTwice(stage: Stage, project: MeltanoProject, target: Target): Promise<void> {
  const { sandbox, report } = stage;
  await project.run();
  const first = await linesOf(target);
  report.counts('the first sync writes a line per record', first, sandbox.counts(), INCREMENTAL);
  await compare(stage, 'after the first sync', target);
  const { expected, changed } = await makeNews(sandbox);
  const asked = sandbox.requests.length;
  await project.run();
  report.counts(
    "the second sync, from Meltano's state, emits only new records",
    await linesOf(target, first),
    expected,
    INCREMENTAL,
  );
  const pages = sandbox.requests.slice(asked).filter(({ path }) => path === '/audit_events');
  const newer = pages.length > 0 && pages.every(({ query }) => 'newer_than' in query);
  report.same('only newer events were requested', newer, true);
  await compare(stage, 'after the second sync', target, changed);
}

/**
 * Makes the API reject `teams`, and interrupts the read of `audit_events`. Expects the sync to load the other streams, and the next sync to
 * load the missing records.
 */
async function failAndGoOn(stage: Stage, project: MeltanoProject, target: Target): Promise<void> {
  const { sandbox, report } = stage;
  const { changed } = await makeNews(sandbox, MANY_EVENTS);
  await failingRun(stage, project);
  const { bookmarks } = await project.state();
  report.same('the state contains the unfinished read', bookmarks['audit_events']?.walk?.length, 1);
  const missing = sandbox.counts().audit_events - ((await keysIn(target))['audit_events']?.length ?? 0);
  report.same('some of the new events were loaded', missing > 0 && missing < MANY_EVENTS, true);
  const recipes = changesIn(await target.rows(), 'deployments_recipes');
  report.same('the changed recipe was loaded', recipes.get(changed.id), moment(changed));
  await project.run();
  await compare(stage, 'after the sync that follows the failed one', target, changed);
}

/**
 * Runs a full refresh while a saved state contains an unfinished read. For the next sync, Meltano merges the saved state with the state of
 * the full refresh.
 */
async function refresh(stage: Stage, project: MeltanoProject, target: Target): Promise<void> {
  const { sandbox, report } = stage;
  await makeNews(sandbox, MANY_EVENTS);
  await failingRun(stage, project);
  const before = await linesOf(target);
  await project.run(['--full-refresh']);
  report.counts('--full-refresh emits all records again', await linesOf(target, before), sandbox.counts(), INCREMENTAL);
  await compare(stage, 'after --full-refresh', target);
  const { expected, changed } = await makeNews(sandbox);
  const refreshed = await linesOf(target);
  await project.run();
  report.counts('the next sync emits only new records', await linesOf(target, refreshed), expected, INCREMENTAL);
  await compare(stage, 'after the sync that follows --full-refresh', target, changed);
}

/** Expects the tap to resume from the state of tap-airbyte-wrapper, which the project used before. */
async function changeOver(stage: Stage, project: MeltanoProject, target: Target): Promise<void> {
  const { sandbox, report, file, config } = stage;
  const args = ['--config', file('wrapper.json', config), '--catalog', file('catalog.json', catalogOf('incremental'))];
  const { stdout } = await startConnector(['read', ...args]).finished;
  const airbyte_state = contentsOf(messagesOf(stdout)).states;
  const saved = JSON.stringify({ singer_state: { airbyte_state } });
  await project.output(['state', 'set', '--force', 'dev:tap-airbyte-to-target-jsonl', saved]);
  await project.output(['state', 'copy', '--force', 'dev:tap-airbyte-to-target-jsonl', project.stateId]);
  const { expected } = await makeNews(sandbox);
  const before = await linesOf(target);
  await project.run();
  report.counts(
    "a sync from the wrapper's state emits only new records",
    await linesOf(target, before),
    expected,
    INCREMENTAL,
  );
}

/** Runs a sync that must fail because of faults in the sandbox. */
async function failingRun({ sandbox, report }: Stage, project: MeltanoProject): Promise<void> {
  sandbox.setFaults([
    { path: '/teams', kind: 'status', status: 403 },
    { path: '/audit_events', kind: 'status', status: 403, after: 1 },
  ]);
  const { exitCode, stdout, stderr } = await project.call(['run', 'tap-compose', 'target-jsonl']);
  const said = stdout + stderr;
  const told = [exitCode, /error .*tap-compose.*teams/i.test(said), said.includes('Extractor failed')];
  report.same('a failed sync reports the reason', told, [1, true, true]);
  sandbox.setFaults([]);
}

/** Expects the target to contain the keys of all records in the sandbox, and the new timestamp of the changed recipe. */
async function compare(
  { sandbox, report }: Stage,
  when: string,
  target: Target,
  changed?: News['changed'],
): Promise<void> {
  report.keys(when, await keysIn(target), allKeys(sandbox));
  if (changed === undefined) return;
  const recipes = changesIn(await target.rows(), 'deployments_recipes');
  report.same('the changed recipe was updated', recipes.get(changed.id), moment(changed));
}

function moment({ updatedAt }: News['changed']): string {
  return new Date(updatedAt).toISOString();
}

/** The number of lines that the target has added to each file since `before`. */
async function linesOf(target: Target, before: Counts = {}): Promise<Counts> {
  const rows = await target.rows();
  return Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, all.length - (before[name] ?? 0)]));
}
