import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IbmCloudSandbox, IbmCloudStreamName } from '../../sandbox/server.ts';
import { TOKEN_PATH } from '../../sandbox/ibm-cloud/tokens.ts';
import { type DiscoveredStream, configure } from '../../test-support/catalogs.ts';
import { clockAt } from '../../test-support/clock.ts';
import { startConnector } from '../../test-support/connector.ts';
import { lastLines, outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment, pinned } from '../../test-support/python.ts';
import { contentsOf, firstOf, messagesOf } from '../../test-support/transcript.ts';
import type { Keys, Rows } from './report.ts';
import type { IbmCloudClientTest, IbmCloudStage } from './stage.ts';

// IBM's own clients (ibm_inventory.py) and the connector read the same streams of two accounts through trusted profiles. Both must return
// the same rows and fields.

const CLIENTS = ['ibm-platform-services', 'ibm-cloud-databases'];
const SCRIPT = fileURLToPath(new URL('../../test-support/ibm_inventory.py', import.meta.url));

/** The streams, each with its key field. */
const KEYS = {
  accounts: 'id',
  api_keys: 'id',
  audit_routes: 'id',
  billables: 'id',
  databases: 'type',
  datacenters: 'slug',
  deployments: 'id',
  deployments_allowlists: 'id',
  deployments_autoscalings: 'id',
  deployments_backups: 'id',
  deployments_recipes: 'id',
  deployments_reclamations: 'id',
  deployments_recovery_windows: 'deployment_id',
  deployments_replicas: 'deployment_id',
  deployments_restrictions: 'id',
  deployments_roles: 'id',
  deployments_scalings: 'id',
  deployments_team_roles: 'id',
  deployments_versions: 'id',
  resource_groups: 'id',
  service_ids: 'id',
  teams: 'key',
  trusted_profiles: 'id',
  users: 'id',
} as const satisfies Partial<Record<IbmCloudStreamName, string>>;

type StreamName = keyof typeof KEYS;
const STREAMS = Object.keys(KEYS) as StreamName[];

const DAY_SECONDS = 86_400;

export const ibmClients: IbmCloudClientTest = {
  name: 'ibm-clients',
  title: `${CLIENTS.map((name) => `${name} ${pinned('ibm-cloud', name)}`).join(' and ')} compared with the connector`,
  platform: 'ibm_cloud',
  // Each account has replicas, every engine of both generations, every kind of policy, and several pages of every list.
  holdings: { accounts: 1, deployments: 14, gen2Deployments: 8, policies: 28, maxLimit: 4 },
  run: async (stage) => {
    const platform = stage.config['platform'] as object;
    const usageOf = (billing: string): IbmCloudStage => ({
      ...stage,
      config: { ...stage.config, platform: { ...platform, billing, trusted_profiles: stage.sandbox.profiles } },
    });
    await readByBoth(usageOf('account'), 'at first');
    // During this day, tasks and backups are added, completed or deleted, and the new deployment becomes active.
    stage.sandbox.passTime(DAY_SECONDS);
    stage.sandbox.touchUsage();
    await readByBoth(usageOf('account'), 'a day later');
    await readByBoth(usageOf('resource_groups'), 'with usage by resource group');
  },
};

async function readByBoth(stage: IbmCloudStage, when: string): Promise<void> {
  const { report, sandbox } = stage;
  const before = requestsOf(sandbox);
  const theirs = await byIbmClients(stage);
  const between = requestsOf(sandbox);
  const keys = Object.fromEntries(STREAMS.map((stream) => [stream, [...sandbox.keys(stream)]]));
  report.keys(`${when}, IBM's clients read all rows in the sandbox`, keysOf(theirs), keys);
  const { rows: ours, fields } = await byConnector(stage);
  report.rows(`${when}, the connector reads the same rows as IBM's clients`, ours, theirs);
  report.same(
    `${when}, the connector declares exactly the fields of these rows`,
    onlyInOne(fields, fieldsOf(theirs)),
    [],
  );
  const after = requestsOf(sandbox);
  const differing = [...after].flatMap(([path, count]) => {
    const [first = 0, second = 0] = [before.get(path), between.get(path)];
    const [asked, wanted] = [count - second, second - first];
    return asked === wanted ? [] : [`${path}: ${asked} instead of ${wanted}`];
  });
  report.same(`${when}, the connector sends the same requests as IBM's clients`, differing, []);
}

/**
 * The number of requests per path, except token requests, which IBM's clients repeat for each profile. IBM's client uses the older of the
 * two paths for allowlists, so requests to both paths are counted together.
 */
function requestsOf(sandbox: IbmCloudSandbox): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [asked, count] of Object.entries(sandbox.stats().byPath)) {
    if (asked === TOKEN_PATH) continue;
    const path = asked.replace('/whitelists/', '/allowlists/');
    counts.set(path, (counts.get(path) ?? 0) + count);
  }
  return counts;
}

/** Groups rows by stream and key. Throws if a key occurs twice. */
function byStream(rows: ReadonlyArray<{ stream: string; data: Readonly<Record<string, unknown>> }>): Rows {
  const streams = Object.fromEntries(STREAMS.map((stream) => [stream, new Map<string, Record<string, unknown>>()]));
  for (const { stream, data } of rows) {
    const key = String(data[KEYS[stream as StreamName]]);
    const there = (streams[stream] ??= new Map());
    if (there.has(key)) throw new Error(`${stream}: ${key} was read twice`);
    there.set(key, data);
  }
  return streams;
}

function keysOf(rows: Rows): Keys {
  return Object.fromEntries(Object.entries(rows).map(([stream, byKey]) => [stream, [...byKey.keys()]]));
}

function onlyInOne(one: readonly string[], other: readonly string[]): string[] {
  return [...one, ...other].filter((item) => !one.includes(item) || !other.includes(item));
}

/**
 * Returns all fields as `stream.field`, from the first row of each stream. In the script's output, all rows of a stream have the same
 * fields.
 */
function fieldsOf(rows: Rows): string[] {
  return Object.entries(rows).flatMap(([stream, byKey]) => {
    const [row = {}] = byKey.values();
    return Object.keys(row).map((field) => `${stream}.${field}`);
  });
}

async function byIbmClients({ config, file, folder, sandbox }: IbmCloudStage): Promise<Rows> {
  const python = join(await environment('ibm-cloud'), 'python');
  const now = new Date(sandbox.now()).toISOString();
  const lines = await outputOf(python, [SCRIPT, file('config.json', config), now], { ...PYTHON_OPTIONS, cwd: folder });
  return byStream(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { stream: string; data: Record<string, unknown> }),
  );
}

interface Declared extends DiscoveredStream {
  json_schema: { properties: object };
}

/**
 * Reads all streams as a full refresh, with the program's clock set to the sandbox's time. Returns the rows and the
 * declared fields.
 */
async function byConnector({ config, file, sandbox }: IbmCloudStage): Promise<{ rows: Rows; fields: string[] }> {
  const command = ['--config', file('config.json', config)];
  const discovery = await startConnector(['discover', ...command]).finished;
  if (discovery.exitCode !== 0) throw new Error(`discover failed:\n${lastLines(discovery.stdout)}`);
  const streams = firstOf(messagesOf(discovery.stdout), 'CATALOG').catalog.streams as Declared[];
  const catalog = file('catalog.json', configure(streams, 'full_refresh'));
  const env = { NODE_OPTIONS: clockAt(sandbox.now()) };
  const reading = await startConnector(['read', ...command, '--catalog', catalog], { env }).finished;
  if (reading.exitCode !== 0) throw new Error(`read failed:\n${lastLines(reading.stdout + reading.stderr)}`);
  const { records } = contentsOf(messagesOf(reading.stdout));
  const rows = [...records].flatMap(([stream, list]) => list.map((data) => ({ stream, data })));
  const fields = streams.flatMap(({ name, json_schema: { properties } }) =>
    Object.keys(properties).map((field) => `${name}.${field}`),
  );
  return { rows: byStream(rows), fields };
}
