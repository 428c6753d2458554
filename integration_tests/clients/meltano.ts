import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { catalogOf } from '../../test-support/catalogs.ts';
import { programPath, startConnector } from '../../test-support/connector.ts';
import { lastLines } from '../../test-support/processes.ts';
import { pinned } from '../../test-support/python.ts';
import { contentsOf, messagesOf } from '../../test-support/transcript.ts';
import { DEFINITION, MeltanoProject, stateId } from './meltano-project.ts';
import { startPostgres } from './postgres.ts';
import type { Counts } from './report.ts';
import { TARGETS_TITLE, type Target, changesIn, keysIn, openTargets } from './singer-targets.ts';
import { type ClientTest, INCREMENTAL, type News, type Stage, allKeys, makeNews } from './stage.ts';

/** More than two pages of audit events, so that paging through them can be interrupted. */
const MANY_EVENTS = 25;

export const meltano: ClientTest = {
  name: 'meltano',
  title: `Meltano ${pinned('meltano', 'meltano')} with tap-compose, into ${TARGETS_TITLE}`,
  run: async (stage) => {
    const postgres = await startPostgres(stage.folder);
    try {
      const targets = await openTargets(stage, postgres);
      // The link imitates a global npm installation.
      stage.file('bin/.keep', '');
      const bin = join(stage.folder, 'bin');
      symlinkSync(programPath('tap-compose'), join(bin, 'tap-compose'));
      const project = await MeltanoProject.create(stage, targets, { definition: DEFINITION, path: [bin] });
      await lookAround(stage, project);
      await runTwice(stage, project, targets);
      await failAndGoOn(stage, project, targets);
      await refresh(stage, project, targets);
      await changeOver(stage, project, targets[0]!);
    } finally {
      postgres.stop();
    }
  },
};

/** The first commands that users run: test the config, and list the streams. */
async function lookAround({ report, sandbox }: Stage, project: MeltanoProject): Promise<void> {
  const good = await project.call(['config', 'test', 'tap-compose']);
  report.same('config test', [good.exitCode, good.stdout.includes('Plugin configuration is valid')], [0, true]);
  const bad = await project.call(['config', 'test', 'tap-compose'], { TAP_COMPOSE_PLATFORM_API_TOKEN: 'wrong' });
  const said = /"message":"(.*)"/.exec(bad.stdout + bad.stderr)?.[1] ?? lastLines(bad.stdout + bad.stderr);
  report.same(`config test with a wrong token: ${said}`, [bad.exitCode, said.includes('token')], [1, true]);
  const listed = await project.output(['select', 'tap-compose', '--list', '--all']);
  const streams = new Set([...listed.matchAll(/^\s*\[(?:selected|automatic) *\] (\w+)\./gm)].map(([, name]) => name));
  report.same('select --list shows all streams', [...streams].toSorted(), Object.keys(sandbox.counts()).toSorted());
}

async function runTwice(stage: Stage, project: MeltanoProject, targets: readonly Target[]): Promise<void> {
  const { sandbox, report } = stage;
  await project.run(targets);
  const first = await linesOf(targets);
  report.counts('the first sync, in lines of target-jsonl', first, sandbox.counts(), INCREMENTAL);
  await compare(stage, 'after the first sync', targets);
  const { expected, changed } = await makeNews(sandbox);
  const asked = sandbox.requests.length;
  await project.run(targets);
  report.counts(
    "the second sync, from Meltano's state, emits only new records",
    await linesOf(targets, first),
    expected,
    INCREMENTAL,
  );
  const pages = sandbox.requests.slice(asked).filter(({ path }) => path === '/audit_events');
  const newer = pages.length >= targets.length && pages.every(({ query }) => 'newer_than' in query);
  report.same('only newer events were requested', newer, true);
  await compare(stage, 'after the second sync', targets, [changed]);
}

/**
 * Interrupts a newest-first read, and rejects a stream. The other streams are read, and the next sync reads the missing
 * records.
 */
async function failAndGoOn(stage: Stage, project: MeltanoProject, targets: readonly Target[]): Promise<void> {
  const { sandbox, report } = stage;
  const { changed } = await makeNews(sandbox, MANY_EVENTS);
  await failingRuns(stage, project, targets);
  const states = await Promise.all(targets.map((target) => project.state(target)));
  for (const [i, target] of targets.entries()) {
    report.same(
      `${target.name}: the state contains the unfinished read`,
      states[i]?.bookmarks['audit_events']?.walk?.length,
      1,
    );
    const held = (await keysIn(target))['audit_events']?.length ?? 0;
    const missing = sandbox.counts().audit_events - held;
    report.same(`${target.name}: some of the new events were loaded`, missing > 0 && missing < MANY_EVENTS, true);
    const recipes = changesIn(await target.rows(), 'deployments_recipes');
    report.same(`${target.name}: the changed recipe was loaded`, recipes.get(changed.id), moment(changed));
  }
  await project.run(targets);
  await compare(stage, 'after the sync that follows the failed one', targets, [changed]);
}

/**
 * Runs a full refresh while a saved state contains an unfinished read. For the next sync, Meltano merges both states,
 * whatever the target.
 */
async function refresh(stage: Stage, project: MeltanoProject, targets: readonly Target[]): Promise<void> {
  const { sandbox, report } = stage;
  const walking = targets[0]!;
  await makeNews(sandbox, MANY_EVENTS);
  await failingRuns(stage, project, [walking]);
  const before = await linesOf(targets);
  await project.run(targets, ['--full-refresh']);
  report.counts(
    '--full-refresh emits all records again',
    await linesOf(targets, before),
    sandbox.counts(),
    INCREMENTAL,
  );
  await compare(stage, 'after --full-refresh', targets);
  const { bookmarks } = await project.state(walking);
  report.same('the state contains no unfinished read', bookmarks['audit_events']?.walk, []);
  const { expected, changed } = await makeNews(sandbox);
  const refreshed = await linesOf(targets);
  await project.run(targets);
  report.counts('the next sync emits only new records', await linesOf(targets, refreshed), expected, INCREMENTAL);
  await compare(stage, 'after the sync that follows --full-refresh', targets, [changed]);
}

/** A project that used tap-airbyte-wrapper resumes from the state that the wrapper saved. */
async function changeOver(stage: Stage, project: MeltanoProject, target: Target): Promise<void> {
  const { sandbox, report, file, config } = stage;
  const args = ['--config', file('wrapper.json', config), '--catalog', file('catalog.json', catalogOf('incremental'))];
  const { stdout } = await startConnector(['read', ...args]).finished;
  const airbyte_state = contentsOf(messagesOf(stdout)).states;
  const saved = JSON.stringify({ singer_state: { airbyte_state } });
  await project.output(['state', 'set', '--force', `dev:tap-airbyte-to-${target.name}`, saved]);
  await project.output(['state', 'copy', '--force', `dev:tap-airbyte-to-${target.name}`, stateId(target)]);
  const { expected } = await makeNews(sandbox);
  const before = await linesOf([target]);
  await project.run([target]);
  report.counts(
    "a sync from the wrapper's state emits only new records",
    await linesOf([target], before),
    expected,
    INCREMENTAL,
  );
  report.same("nothing of the wrapper's state is left", Object.keys(await project.state(target)), ['bookmarks']);
}

/** Syncs into each target with faults. Each sync must fail. */
async function failingRuns(
  { sandbox, report }: Stage,
  project: MeltanoProject,
  targets: readonly Target[],
): Promise<void> {
  for (const target of targets) {
    sandbox.setFaults([
      { path: '/teams', kind: 'status', status: 403 },
      { path: '/audit_events', kind: 'status', status: 403, after: 1 },
    ]);
    const { exitCode, stdout, stderr } = await project.call(['run', 'tap-compose', target.name]);
    const said = stdout + stderr;
    const told = [exitCode, /error .*tap-compose.*teams/i.test(said), said.includes('Extractor failed')];
    report.same(`${target.name}: a failed sync reports the reason`, told, [1, true, true]);
  }
  sandbox.setFaults([]);
}

/** Compares all targets with the sandbox, and the changed recipes with their new content. */
async function compare(
  { sandbox, report }: Stage,
  when: string,
  targets: readonly Target[],
  changed: ReadonlyArray<News['changed']> = [],
): Promise<void> {
  for (const target of targets) {
    report.keys(`${target.name} ${when}`, await keysIn(target), allKeys(sandbox));
    const recipes = changesIn(await target.rows(), 'deployments_recipes');
    for (const recipe of changed) {
      report.same(`${target.name}: the changed recipe was updated`, recipes.get(recipe.id), moment(recipe));
    }
  }
}

function moment({ updatedAt }: News['changed']): string {
  return new Date(updatedAt).toISOString();
}

/** The number of lines that the appending target has added to each file. */
export async function linesOf(targets: readonly Target[], before: Counts = {}): Promise<Counts> {
  const rows = await targets.find(({ merges }) => !merges)!.rows();
  return Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, all.length - (before[name] ?? 0)]));
}
