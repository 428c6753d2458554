import {
  type IbmCloudSandbox,
  type IbmCloudSandboxOptions,
  STREAM_NAMES,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../sandbox/server.ts';
import { composeConfig } from '../../test-support/configs.ts';
import { Workspace } from '../../test-support/workspace.ts';
import type { Counts, Keys, Report } from './report.ts';

interface AnyStage {
  folder: string;
  /** Writes a file into the folder, and returns its path. */
  file: (name: string, content: string | object) => string;
  report: Report;
}

/** The sandbox and folder for testing a client. */
export interface Stage extends AnyStage {
  sandbox: Sandbox;
  config: Record<string, unknown>;
}

/** The IBM Cloud sandbox and folder for testing a client. */
export interface IbmCloudStage extends AnyStage {
  sandbox: IbmCloudSandbox;
  config: Record<string, unknown>;
}

interface AnyClientTest {
  /** The test's name in `--only`. */
  name: string;
  title: string;
}

/** A test that compares a client's rows with the sandbox's data. */
export interface ClientTest extends AnyClientTest {
  platform?: 'compose';
  /** Sandbox options that replace the defaults. */
  holdings?: Partial<SandboxOptions>;
  run: (stage: Stage) => Promise<void>;
}

export interface IbmCloudClientTest extends AnyClientTest {
  platform: 'ibm_cloud';
  holdings?: Partial<IbmCloudSandboxOptions>;
  run: (stage: IbmCloudStage) => Promise<void>;
}

/** Five pages of audit events and a few rows of every other stream. */
const HOLDINGS = { auditEvents: 231, deployments: 5, recipes: 12 };

/** Runs a test. If the client crashes, only this test fails. */
export async function play(test: ClientTest | IbmCloudClientTest, report: Report, keep: boolean): Promise<void> {
  const began = performance.now();
  report.say(`\n${test.title}`);
  // The image's user and Postgres's user must be able to read the folder.
  const workspace = new Workspace(test.name).openToAll();
  const { folder } = workspace;
  const remove = (): void => workspace.remove();
  if (keep) report.say(`  in ${folder}`);
  else process.once('exit', remove);
  const { run, close } = await withSandbox(test, {
    folder,
    file: (name, content) => workspace.put(name, content),
    report,
  });
  try {
    await run();
  } catch (error) {
    report.fail('the test completes', error instanceof Error ? error.message : String(error));
  } finally {
    await close();
    if (!keep) remove();
  }
  report.say(`  ${((performance.now() - began) / 1_000).toFixed(0)} s`);
}

async function withSandbox(
  test: ClientTest | IbmCloudClientTest,
  stage: AnyStage,
): Promise<{ run: () => Promise<void>; close: () => Promise<void> }> {
  if (test.platform === 'ibm_cloud') {
    const sandbox = await startSandbox({ ...test.holdings, platform: 'ibm_cloud' });
    const { apiKey, endpoints } = sandbox;
    const options = { access_review: true, api_keys: true, identity_activity: true };
    const config = { platform: { name: 'ibm_cloud', api_key: apiKey, ...options, endpoints } };
    return { run: () => test.run({ ...stage, sandbox, config }), close: () => sandbox.close() };
  }
  const sandbox = await startSandbox({ ...HOLDINGS, ...test.holdings });
  const config = composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl });
  return { run: () => test.run({ ...stage, sandbox, config }), close: () => sandbox.close() };
}

export function allKeys(sandbox: Sandbox): Keys {
  return Object.fromEntries(STREAM_NAMES.map((name) => [name, [...sandbox.keys(name)]]));
}

/** How far back the connector re-reads by default (`lookback_window_seconds`). */
const LOOKBACK_MS = 60_000;
const NEW_EVENTS = 7;

/** The incremental streams. A second read re-emits only records that are changed, undated or in the lookback window. */
export const INCREMENTAL = ['audit_events', 'deployments_backups', 'deployments_recipes'];

/** Changes in the sandbox between two reads, and what the second read must emit. */
export interface News {
  /** The number of rows that the second read must emit, by stream. Incremental streams emit only new, changed and re-read rows. */
  expected: Counts;
  /** An existing recipe that was changed. */
  changed: { id: string; updatedAt: string };
}

/**
 * Adds audit events and recipes, and changes recipes. Derives the rows that the second read must emit from the API's
 * responses.
 */
export async function makeNews(sandbox: Sandbox, newEvents = NEW_EVENTS): Promise<News> {
  const events = await ask(sandbox, 'audit_events?limit=100');
  const newestEvents = boundary(events.map(({ id, created_at }) => ({ id, at: created_at })));
  const recipes = new Set<string>();
  const backups = new Set<string>();
  for (const id of sandbox.deploymentIds) {
    const made = await ask(sandbox, `deployments/${id}/backups`);
    for (const known of boundary(made.map((row) => ({ id: row.id, at: row.created_at })))) backups.add(known);
    const rows = withSteps(await ask(sandbox, `deployments/${id}/recipes`));
    for (const known of boundary(rows.map((row) => ({ id: row.id, at: row.updated_at })))) recipes.add(known);
  }

  sandbox.addEvents(newEvents);
  const changed = sandbox.touchRecipe();
  const more = [sandbox.touchRecipe(), sandbox.addRecipe(), sandbox.addRecipe(sandbox.deploymentIds.at(-1))];
  for (const { id } of [changed, ...more]) recipes.add(id);

  const expected = {
    ...sandbox.counts(),
    audit_events: newestEvents.size + newEvents,
    deployments_backups: backups.size,
    deployments_recipes: recipes.size,
  };
  return { expected, changed };
}

interface Row {
  id: string;
  /** The date is null while a backup is running. */
  created_at?: string | null;
  updated_at?: string;
  _embedded?: { recipes?: Row[] };
}

async function ask(sandbox: Sandbox, path: string): Promise<Row[]> {
  const headers = { authorization: `Bearer ${sandbox.token}` };
  const answer = await fetch(`${sandbox.baseUrl}/${path}`, { headers });
  const body = (await answer.json()) as { _embedded: Record<string, Row[]> };
  return Object.values(body._embedded)[0] ?? [];
}

function withSteps(rows: Row[]): Row[] {
  return rows.flatMap((row) => [row, ...withSteps(row._embedded?.recipes ?? [])]);
}

/** The rows that are re-read: rows in the lookback window, and undated rows. */
function boundary(rows: Array<{ id: string; at: string | null | undefined }>): Set<string> {
  const moments = rows.map(({ id, at }) => ({ id, ms: at == null ? undefined : Date.parse(at) }));
  const newest = Math.max(...moments.map(({ ms }) => ms ?? 0));
  return new Set(moments.filter(({ ms }) => ms === undefined || ms >= newest - LOOKBACK_MS).map(({ id }) => id));
}
