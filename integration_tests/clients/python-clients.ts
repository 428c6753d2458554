import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { programPath } from '../../test-support/connector.ts';
import { blockOf, pageOf } from '../../test-support/pages.ts';
import { lastLines, outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment, pinned } from '../../test-support/python.ts';
import { HOST_NETWORK, IMAGE, setup as buildImage } from '../container/docker.ts';
import type { Counts } from './report.ts';
import { type ClientTest, INCREMENTAL, type IbmCloudClientTest, type Stage, makeNews } from './stage.ts';
import { pythonMachine, wheelEnv } from './wheel.ts';

// Tests PyAirbyte and airbyte_serverless, each controlled through a script (dialog.py).

/** The timeout, so that a hanging client doesn't block the other tests. */
const LONGEST_MS = 1_800_000;

const PYAIRBYTE = pinned('clients', 'airbyte');

/** PyAirbyte installs the Python package and reads twice into DuckDB. */
export const pyAirbyte: ClientTest = {
  name: 'pyairbyte',
  title: `PyAirbyte ${PYAIRBYTE} with the wheel, without Node.js or Docker, into DuckDB`,
  run: readTwice,
};

async function readTwice(stage: Stage): Promise<void> {
  const { sandbox, report, folder } = stage;
  const names = Object.keys(sandbox.counts());
  const config = stage.file('config.json', stage.config);
  stage.file('tmp/empty', '');
  const client = await PythonClient.start(stage, 'pyairbyte.py', [manifest.name, config], {
    ...pyAirbyteEnv(folder),
    ...(await wheelEnv()),
    PATH: [await environment('clients'), await pythonMachine(stage)].join(delimiter),
  });
  try {
    report.same('check: SUCCEEDED', await client.ask('check'), 'SUCCEEDED');
    const refusal = await client.ask<string>('check_token', 'wrong');
    report.same(`check with a wrong token: "${refusal}"`, refusal.includes('token'), true);
    report.same('streams: all sixteen', await client.ask('streams'), names);

    report.counts('first read', await client.ask('read'), sandbox.counts(), INCREMENTAL);
    report.counts('its tables', await rowsOfTables(client, names), sandbox.counts());

    const { expected, changed } = await makeNews(sandbox);
    const asked = sandbox.requests.length;
    report.counts('the second read emits only new records', await client.ask('read'), expected, INCREMENTAL);
    const pages = sandbox.requests.slice(asked).filter(({ path }) => path === '/audit_events');
    report.same(
      'only newer events were requested',
      pages.length > 0 && pages.every(({ query }) => 'newer_than' in query),
      true,
    );
    report.counts('its tables', await rowsOfTables(client, names), sandbox.counts(), INCREMENTAL);
    const recipe = `select strftime(updated_at, '%Y-%m-%dT%H:%M:%S.%gZ') from compose.deployments_recipes where id = '${changed.id}'`;
    report.same('the changed recipe was updated in its table', await client.ask('query', recipe), [
      [changed.updatedAt],
    ]);
  } finally {
    await client.close();
  }
}

async function rowsOfTables(client: PythonClient, names: readonly string[]): Promise<Counts> {
  const queries = names.map((name) => `select '${name}', count(*) from compose.${name}`);
  const rows = await client.ask<Array<[string, number]>>('query', queries.join(' union all '));
  return Object.fromEntries(rows);
}

/** Environment variables that disable the registry and telemetry, and keep files in the folder. */
function pyAirbyteEnv(folder: string): NodeJS.ProcessEnv {
  return {
    AIRBYTE_OFFLINE_MODE: '1',
    AIRBYTE_PROJECT_DIR: folder,
    AIRBYTE_TEMP_DIR: `${folder}/tmp`,
    AIRBYTE_LOGGING_ROOT: `${folder}/log`,
  };
}

/** Runs the image with the function from docs/running.md. The sandbox replaces IBM Cloud. */
export const pyAirbyteImage: IbmCloudClientTest = {
  name: 'pyairbyte-image',
  title: `PyAirbyte ${PYAIRBYTE} with the image and the function from docs/running.md`,
  platform: 'ibm_cloud',
  holdings: { queriesPerMinute: 0 },
  run: async ({ sandbox, report, folder, file }) => {
    await buildImage();
    const code = blockOf(pageOf('docs/running.md'), 'import os')
      .replace(
        /^PLATFORM = .*$/m,
        `PLATFORM = json.load(open(${JSON.stringify(file('config.json', sandbox.config))}))["platform"]`,
      )
      .replace('"source-compose:latest"', JSON.stringify(IMAGE));
    file('tmp/empty', '');
    const script = file('function.py', `import json\n${code}\nprint(json.dumps(read_databases()))\n`);
    const python = join(await environment('clients'), 'python');
    const path = [HOST_NETWORK, PYTHON_OPTIONS.env['PATH']].join(delimiter);
    const env = { ...PYTHON_OPTIONS.env, ...pyAirbyteEnv(folder), PATH: path };
    const printed = await outputOf(python, [script], { ...PYTHON_OPTIONS, cwd: folder, env });
    report.counts('the tables', JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Counts, sandbox.counts());
  },
};

export const serverless: ClientTest = {
  name: 'serverless',
  title: `airbyte_serverless ${pinned('clients', 'airbyte-serverless')} with the executable, into files`,
  run: async (stage) => {
    const { sandbox, report } = stage;
    const names = Object.keys(sandbox.counts());
    // The path is quoted because airbyte_serverless passes it to a shell.
    const client = await PythonClient.start(stage, 'serverless.py', [
      `'${programPath()}'`,
      stage.file('config.json', stage.config),
    ]);
    try {
      const template = await client.ask<string>('template');
      report.same('the config template contains the API key', /^ {6}api_key: .*REQUIRED/m.test(template), true);
      report.same('check: SUCCEEDED', await client.ask('check'), { status: 'SUCCEEDED' });
      report.same('streams: all sixteen', await client.ask('streams'), names);
      const first = await client.ask<{ stream: string }>('first_record');
      report.same(`first record: one of ${first.stream}`, names.includes(first.stream), true);

      report.counts('first sync', await client.ask('run'), sandbox.counts(), INCREMENTAL);
      const { expected } = await makeNews(sandbox);
      report.counts('the second sync emits only new records', await client.ask('run'), expected, INCREMENTAL);
    } finally {
      await client.close();
    }
  },
};

/** A Python script that runs commands, one per line (dialog.py). Output other than responses goes to client.log in the folder. */
export class PythonClient {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;
  readonly #log: string;

  static async start(
    { folder }: Pick<Stage, 'folder'>,
    script: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<PythonClient> {
    const bin = await environment('clients');
    const command = [fileURLToPath(new URL(script, import.meta.url)), ...args];
    return new PythonClient(join(bin, 'python'), command, folder, { ...PYTHON_OPTIONS.env, ...env });
  }

  private constructor(python: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.#log = join(cwd, 'client.log');
    const log = openSync(this.#log, 'w');
    this.#child = spawn(python, args, { cwd, env, stdio: ['pipe', 'pipe', log], timeout: LONGEST_MS });
    closeSync(log);
    this.#child.stdin?.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  async ask<T>(command: string, ...args: unknown[]): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify([command, ...args])}\n`);
    const { value, done } = await this.#answers.next();
    if (done !== true) return JSON.parse(value) as T;
    throw new Error(`The client failed at "${command}":\n${lastLines(readFileSync(this.#log, 'utf8'))}`);
  }

  /** Closes stdin, so that the process exits. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    this.#child.stdin?.end();
    this.#lines.close();
    this.#child.stdout?.resume();
    if (exitCode === null && signalCode === null) await new Promise((resolve) => this.#child.once('exit', resolve));
  }
}
