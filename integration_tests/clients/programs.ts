import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from '../../scripts/demo-build.ts';

/** Where the Python environments and all that Python compiles are kept from run to run; Git ignores it. */
export const KEPT = join(ROOT, '.venv', 'clients');

/** What clients find in their environment. The connector's first line asks `env` for node: let it be the project's. */
export const CLIENT_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  PYTHONPYCACHEPREFIX: join(KEPT, 'compiled'),
  PYTHONWARNINGS: 'ignore',
  NO_COLOR: '1',
  DO_NOT_TRACK: '1',
};

/** No client needs a minute; one that hangs must not hang the whole run. */
export const TIME_LIMIT_MS = 240_000;

export interface ProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number | undefined;
}

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. */
export function endOf(program: string, args: string[], options: ProgramOptions = {}): Promise<Ended> {
  const limits = { maxBuffer: 2 ** 27, timeout: TIME_LIMIT_MS };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env: CLIENT_ENV, ...limits, ...options }, (error, stdout, stderr) => {
      process.off('exit', kill);
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else reject(error);
    });
    const kill = (): boolean => child.kill();
    process.prependOnceListener('exit', kill);
    child.stdin?.end();
  });
}

/** What a program prints; one that fails throws with the end of it. */
export async function outputOf(program: string, args: string[], options?: ProgramOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await endOf(program, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} exited with ${exitCode}:\n${lastLines(stdout + stderr)}`);
}

export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-25).join('\n');
}
