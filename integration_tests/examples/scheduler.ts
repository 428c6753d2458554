import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { lastLines, outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, exampleEnvironment, installInto } from '../../test-support/python.ts';
import { type Accounts, startAccounts } from './accounts.ts';
import { copyExample } from './example.ts';
import { EXAMPLES, linesOf } from './page.ts';

const WAITING = { timeout: 570_000, interval: 250 };

interface SchedulerOptions {
  /** The number of accounts that can be read. */
  accounts: number;
  /** The example's wait before a retry, and a shorter wait that replaces it. */
  delay: [string, string];
  env: NodeJS.ProcessEnv;
  /** Additional flags at the end of the command line. */
  flags?: string;
}

export interface Scheduler {
  accounts: Accounts;
  /** Calls the function until it returns neither undefined nor false. Throws if the scheduler ends. */
  until: <T>(look: () => Promise<T | false | undefined>) => Promise<T>;
  /** Waits until the read of an account hangs. Returns the read's process ID. */
  hangingRead: (account: string) => Promise<number>;
  /** The records that an account's tasks have saved, in order. */
  recordsOf: (account: string) => string;
  close: () => Promise<void>;
}

/** Uses the command in examples/README.md to start a scheduler that reads the accounts of a sandbox. */
export async function startScheduler(name: 'airflow' | 'dagster', options: SchedulerOptions): Promise<Scheduler> {
  const workspace = copyExample(name, `examples/${name}`);
  cpSync(join(EXAMPLES, 'read_account.py'), join(workspace.folder, 'examples', 'read_account.py'));
  const folder = join(workspace.folder, 'examples', name);
  const [code = ''] = globSync(join(folder, '**', 'accounts.py'));
  writeFileSync(code, readFileSync(code, 'utf8').replace(...options.delay));
  const accounts = await startAccounts(options.accounts, workspace);
  workspace.put('secrets/accounts.json', accounts.config);

  const links = process.env['UV_FIND_LINKS'] ?? '';
  const connector = await installInto(join(workspace.folder, 'connector'), { name: manifest.name, links });
  const PATH = [await exampleEnvironment(name), connector, PYTHON_OPTIONS.env['PATH']].join(delimiter);
  const log = join(workspace.folder, 'log');
  const scheduler = spawn('sh', ['-c', `${linesOf(name)[0]}${options.flags ?? ''}`], {
    cwd: folder,
    env: { ...PYTHON_OPTIONS.env, ...options.env, PATH },
    // Start a separate process group, so that one signal ends all processes.
    detached: true,
    stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
  });
  const ended = once(scheduler, 'exit').then(() => {
    throw new Error(`The scheduler has ended:\n${lastLines(readFileSync(log, 'utf8'))}`);
  });
  const until: Scheduler['until'] = (look) => Promise.race([vi.waitUntil(look, WAITING), ended]);
  const contentOf = (account: string, pattern: string): string =>
    globSync(join(folder, 'output', 'accounts', account, pattern))
      .toSorted()
      .map((path) => readFileSync(path, 'utf8'))
      .join('');

  return {
    accounts,
    until,
    async hangingRead(account) {
      await until(async () => accounts.isHanging(contentOf(account, '*.part')));
      const processes = (await outputOf('ps', ['-eo', 'pid=,args='])).split('\n');
      return Number.parseInt(processes.find((line) => line.includes(`${account}/state.jsonl`)) ?? '', 10);
    },
    recordsOf: (account) => contentOf(account, '2*.jsonl'),
    async close() {
      // Kill the scheduler, because Airflow takes more than a minute to exit.
      process.kill(-scheduler.pid!, 'SIGKILL');
      await ended.catch(() => undefined);
      await accounts.close();
      workspace.remove();
    },
  };
}
