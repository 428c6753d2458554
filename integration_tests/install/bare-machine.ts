import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { outputOf } from '../../test-support/processes.ts';

/** Programs that every machine has and npm requires. */
const ALWAYS_THERE = ['env', 'sh'];

/** Creates a folder for PATH that contains node, npm, and the programs that every machine has. */
export function bareMachine(folder: string, node: string): string {
  const machine = join(folder, 'machine');
  mkdirSync(machine, { recursive: true });
  symlinkSync(node, join(machine, 'node'));
  for (const program of ['npm', 'npx']) symlinkSync(join(npmFolder(), `${program}-cli.js`), join(machine, program));
  for (const program of ALWAYS_THERE) symlinkSync(onPath(program), join(machine, program));
  return machine;
}

/** Runs npm on a bare machine. This machine's npm settings, such as the registry's address, still apply. */
export async function npm(machine: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  return outputOf(join(machine, 'npm'), args, {
    cwd: dirname(machine),
    env: { ...process.env, ...env, PATH: machine },
    timeoutMs: 180_000,
  });
}

function npmFolder(): string {
  const { npm_execpath: running } = process.env;
  if (running === undefined)
    throw new Error('Run these tests with npm, because they use the npm that runs them: npm run test:install');
  return dirname(running);
}

/** The path of a program on this machine. */
export function onPath(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`PATH contains no ${program}`);
  return found;
}
