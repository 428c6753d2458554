import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandFiles } from './check.ts';
import type { Command } from './command-run.ts';

/** How to start the connector. */
export interface ConnectorCommand {
  /** A shell command, to which the connector's arguments are appended. */
  readonly command: string;
  /** Where a container sees the files: `docker run` gets a volume, and the arguments name paths in this folder. */
  readonly mountAt?: string | undefined;
}

/** What a finished process leaves behind. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

// The limits of Airbyte's own suite. A command that takes longer is taken to hang.
const limitSeconds: Readonly<Record<Command, number>> = { spec: 60, check: 60, discover: 300, read: 1200 };

// Settings of the machine that would change what the connector prints.
const unwanted = ['LOG_LEVEL', 'WORKER_JOB_ID', 'NODE_OPTIONS', 'NODE_V8_COVERAGE', 'FORCE_COLOR', 'NO_COLOR'];

/** Writes the files, runs one command to its end, and removes the files. */
export async function runConnector(
  connector: ConnectorCommand,
  command: Command,
  files: CommandFiles,
): Promise<Finished> {
  const folder = await mkdtemp(join(tmpdir(), 'acceptance-'));
  try {
    // A container may run as any user.
    await chmod(folder, 0o755);
    const args: string[] = [command];
    for (const name of ['config', 'catalog', 'state'] as const) {
      if (files[name] === undefined) continue;
      await writeFile(join(folder, `${name}.json`), JSON.stringify(files[name]), { mode: 0o444 });
      args.push(`--${name}`, `${connector.mountAt ?? folder}/${name}.json`);
    }
    return await finished(shellCommand(connector, folder), args, limitSeconds[command]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The shell command, with the folder of the files mounted if it starts a container. */
export function shellCommand({ command, mountAt }: ConnectorCommand, folder: string): string {
  if (mountAt === undefined) return command;
  return command.replace(/^(\S*docker run)\b/, (start) => `${start} -v '${folder}:${mountAt}'`);
}

function finished(command: string, args: readonly string[], seconds: number): Promise<Finished> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.includes(name)));
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `exec ${command} "$@"`, 'sh', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${args[0]} did not end within ${seconds} s.`));
    }, seconds * 1000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      clearTimeout(limit);
      resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
    });
  });
}
