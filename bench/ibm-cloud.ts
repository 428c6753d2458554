import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConfiguredCatalog, configure } from '../test-support/catalogs.ts';
import { programPath } from '../test-support/connector.ts';
import { environment } from '../test-support/python.ts';
import { contentsOf, firstOf, messagesOf } from '../test-support/transcript.ts';
import { type Row, figure, interleaved, ratio, show, workspace } from './measure.ts';
import { type IbmCloudProcess, printed, startIbmCloudProcess } from './programs.ts';

const LATENCY_MS = 150;
const WORKERS = 8;

/**
 * An account with deployments in three regions. Generation 2 backups are also instances, so the list of instances has more than one page.
 */
const ACCOUNT = { deployments: 60, 'gen2-deployments': 8, regions: 3 };

/** The number of rounds of concurrent requests before the first per-deployment request. */
const ROUNDS_BEFORE_DEPLOYMENTS = 2;
/** The requests in these rounds: one for the token, then one each for the first page of instances, the account and the resource groups. */
const REQUESTS_BEFORE_DEPLOYMENTS = 4;

/**
 * Compares the connector with a script that uses IBM's own clients. The two programs take turns reading IBM Cloud's inventory from the same
 * sandbox.
 */
export async function ibmCloud(runs: number): Promise<Row[]> {
  const python = join(await environment('ibm-cloud'), 'python');
  const sandbox = await startIbmCloudProcess({ ...ACCOUNT, 'latency-ms': LATENCY_MS });
  try {
    const config = configFile(sandbox.config);
    const ours = await connectorRead(config);
    const script = [python, fileURLToPath(new URL('peers/ibm_cloud.py', import.meta.url)), config];
    const requests = await requestsForTheSame(sandbox, ours, script);
    const results = await interleaved({ ours: { command: ours }, script: { command: script } }, Math.min(runs, 3));
    const { maxInFlight } = await sandbox.stats();
    if (maxInFlight > WORKERS) throw new Error(`${maxInFlight} requests were in flight at once`);
    const rounds = ROUNDS_BEFORE_DEPLOYMENTS + Math.ceil((requests - REQUESTS_BEFORE_DEPLOYMENTS) / WORKERS);
    const least = rounds * LATENCY_MS;
    return [
      {
        what: `${requests} requests of ${LATENCY_MS} ms by ${WORKERS} workers, × the minimum time`,
        value: show(figure(results.ours.map(({ wallMs }) => wallMs / least))),
        goal: '≤ 1.2',
      },
      {
        what: `Ratio of IBM's SDK for Python, in ${WORKERS} threads, to the minimum time`,
        value: show(figure(results.script.map(({ wallMs }) => wallMs / least))),
        goal: '',
      },
      {
        what: "Time of IBM's SDK, divided by ours",
        value: show(ratio(results.script, results.ours, 'wallMs')),
        goal: '> 1',
      },
      {
        what: "CPU time of IBM's SDK, divided by ours",
        value: show(ratio(results.script, results.ours, 'cpuMs')),
        goal: '',
      },
      {
        what: "Peak memory of IBM's SDK, divided by ours",
        value: show(ratio(results.script, results.ours, 'peakMb')),
        goal: '',
      },
      { what: 'Maximum requests in flight', value: String(maxInFlight), goal: `≤ ${WORKERS}` },
    ];
  } finally {
    await sandbox.stop();
  }
}

const COUNTED_DEPLOYMENTS = 20;
/**
 * An account requires two requests for tags, three for audit routes, four for restrictions, and one each for the token, instances, access
 * groups, policies, resource groups, account details, databases, regions, roles and reclamations.
 */
const REQUESTS_OF_ACCOUNT = 19;
/** The number of requests for usage: one per month. */
const MONTHS = 13;
/**
 * The number of per-deployment lists that every engine has. Replicas and recovery windows exist only for some engines, and each request for
 * them returns one record.
 */
const REPORTS_OF_ALL = 7;

/** Checks the numbers of records, requests and concurrent requests, which don't depend on the machine. */
export async function ibmCloudCounts(): Promise<Array<{ what: string; ok: boolean }>> {
  const sandbox = await startIbmCloudProcess({ deployments: COUNTED_DEPLOYMENTS, 'latency-ms': 2 });
  try {
    const read = await connectorRead(configFile(sandbox.config));
    const { records } = contentsOf(messagesOf(readFileSync(await printed(read), 'utf8')));
    const { requests, maxInFlight } = await sandbox.stats();
    const counts = await sandbox.counts();
    const found = [...records.values()].reduce((sum, rows) => sum + rows.length, 0);
    const { streams } = JSON.parse(readFileSync(read.at(-1) ?? '', 'utf8')) as ConfiguredCatalog;
    const wanted = streams.reduce((sum, { stream }) => sum + (counts[stream.name] ?? NaN), 0);
    const { deployments_replicas: replicas = 0, deployments_recovery_windows: windows = 0, teams = 0 } = counts;
    // Each access group has its own list of members.
    const ofAccount = REQUESTS_OF_ACCOUNT + MONTHS + teams;
    const asked = ofAccount + COUNTED_DEPLOYMENTS * REPORTS_OF_ALL + replicas + windows;
    return [
      { what: `inventory records read: ${found} of ${wanted}`, ok: found === wanted },
      { what: `requests for these records: ${requests} of ${asked}`, ok: requests === asked },
      {
        what: `maximum requests in flight: ${maxInFlight} of ${WORKERS} allowed`,
        ok: maxInFlight <= WORKERS,
      },
    ];
  } finally {
    await sandbox.stop();
  }
}

/** Writes a config that reads the usage of the whole account, as the script does. */
function configFile({ platform, ...options }: Readonly<Record<string, unknown>>): string {
  const config = { ...options, platform: { ...(platform as object), billing: 'account' }, num_workers: WORKERS };
  return workspace.file('config.json', config);
}

async function connectorRead(config: string): Promise<string[]> {
  const program = [process.execPath, programPath()];
  const discovered = readFileSync(await printed([...program, 'discover', '--config', config]), 'utf8');
  const { streams } = firstOf(messagesOf(discovered), 'CATALOG').catalog;
  const catalog = workspace.file('catalog.json', configure(streams, 'full_refresh'));
  return [...program, 'read', '--config', config, '--catalog', catalog];
}

/**
 * Returns the number of requests that each program sends. Throws unless both programs send the same number of requests and print the same
 * rows.
 */
async function requestsForTheSame(sandbox: IbmCloudProcess, ours: string[], script: string[]): Promise<number> {
  const before = (await sandbox.stats()).requests;
  const { records } = contentsOf(messagesOf(readFileSync(await printed(ours), 'utf8')));
  const between = (await sandbox.stats()).requests;
  const lines = readFileSync(await printed(script), 'utf8')
    .trimEnd()
    .split('\n');
  const after = (await sandbox.stats()).requests;
  const read = [...records].flatMap(([stream, rows]) => rows.map((data) => canonical({ stream, data })));
  const wanted = lines.map((line) => canonical(JSON.parse(line)));
  const [there, expected] = [new Set(read), new Set(wanted)];
  const alone = [...read.filter((row) => !expected.has(row)), ...wanted.filter((row) => !there.has(row))];
  if (alone.length > 0) throw new Error(`${alone.length} rows were read by only one program, such as ${alone[0]}`);
  if (read.length !== wanted.length) throw new Error(`${read.length} rows instead of the script's ${wanted.length}`);
  const [requests, theirs] = [between - before, after - between];
  if (requests !== theirs) throw new Error(`${requests} requests instead of the script's ${theirs}`);
  return requests;
}

/** Returns the same text for equal values, regardless of the fields' order. Null and absent fields are equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const fields = Object.entries(part).filter(([, field]) => field !== null);
    return Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}
