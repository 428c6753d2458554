import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../test-support/free-port.ts';
import { lastLines, outputOf, run } from '../../test-support/processes.ts';

/** An empty PostgreSQL server on the loopback address. The server stops when this process exits. */
export interface Postgres {
  port: number;
  /** Returns the rows of a query, with each column as text. */
  query: (text: string) => Promise<string[][]>;
  /** Runs a file's statements in a single transaction. */
  run: (file: string) => Promise<void>;
  stop: () => void;
}

export async function startPostgres(folder: string): Promise<Postgres> {
  const bin = programs();
  // PostgreSQL refuses to run as root. Debian's package creates a user for the server.
  const uid = process.getuid?.() === 0 ? Number(await outputOf('id', ['-u', 'postgres'])) : undefined;
  const home = join(folder, 'postgres');
  mkdirSync(home);
  if (uid !== undefined) chownSync(home, uid, -1);
  const as = { cwd: home, uid };

  const data = join(home, 'data');
  const forTests = ['--auth', 'trust', '--no-sync', '--encoding', 'UTF8', '--locale', 'C.UTF-8'];
  await outputOf(join(bin, 'initdb'), ['--pgdata', data, '--username', 'postgres', ...forTests], as);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'full_page_writes=off'];
  const options = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const log = join(folder, 'postgres.log');
  const output = openSync(log, 'w');
  const server = spawn(join(bin, 'postgres'), options, {
    cwd: home,
    stdio: ['ignore', output, output],
    ...(uid === undefined ? {} : { uid }),
  });
  // Wait until the server has stopped, so that the folder can be deleted.
  const stop = (): void => void spawnSync(join(bin, 'pg_ctl'), ['stop', '--pgdata', data, '--mode', 'immediate'], as);
  process.prependOnceListener('exit', stop);

  const address = ['--host', '127.0.0.1', '--port', String(port), '--username', 'postgres'];
  for (let tries = 0; (await run(join(bin, 'pg_isready'), address)).exitCode !== 0; tries += 1) {
    if (tries === 100 || server.exitCode !== null) {
      throw new Error(`Postgres did not start:\n${lastLines(readFileSync(log, 'utf8'))}`);
    }
    await wait(100);
  }
  return {
    port,
    query: async (text) => {
      const rows = await outputOf(join(bin, 'psql'), [...address, '-XAt', '-F', '\t', '-c', text]);
      return rows
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => row.split('\t'));
    },
    run: async (file) => {
      await outputOf(join(bin, 'psql'), [...address, '-Xq1', '-v', 'ON_ERROR_STOP=1', '-f', file]);
    },
    stop: () => {
      process.off('exit', stop);
      stop();
    },
  };
}

/** Debian installs the server's programs outside PATH, in a folder per version. */
function programs(): string {
  const folders = globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed();
  folders.push(...(process.env['PATH'] ?? '').split(delimiter));
  const names = ['initdb', 'postgres', 'pg_ctl', 'pg_isready', 'psql'];
  const found = folders.find((folder) => names.every((name) => existsSync(join(folder, name))));
  if (found !== undefined) return found;
  throw new Error('There is no PostgreSQL server on this machine (Debian: apt-get install postgresql).');
}
