import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { exampleEnvironment } from '../../test-support/python.ts';
import { blockOf } from './page.ts';

/** What the page asks for before its table: the wheel, a variable that leads to it, the stand-in, and Meltano. */
export async function setup(): Promise<() => Promise<void>> {
  const [install, ...lines] = blockOf('npm ci');
  // It would pull the packages from under this process; who runs it has installed them.
  if (install !== 'npm ci') throw new Error('The first line of examples/README.md is no longer `npm ci`.');
  const stop = await startSandbox();
  try {
    const script = [...lines, 'echo "$UV_FIND_LINKS"'].join('\n');
    process.env['UV_FIND_LINKS'] = (await outputOf('sh', ['-ec', script], { cwd: ROOT })).trim().split('\n').at(-1);
    // One of them brings what makes the others, which the tests then make side by side.
    await exampleEnvironment('meltano');
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function startSandbox(): Promise<() => Promise<void>> {
  const line = blockOf('npm run sandbox').join('\n');
  // npm, and the shells that it starts, do not pass signals on: so a group, which gets them as from a terminal.
  const sandbox = spawn('sh', ['-c', line], { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(sandbox, 'close');
  const stop = async (): Promise<void> => {
    if (sandbox.exitCode === null && sandbox.signalCode === null) process.kill(-sandbox.pid!, 'SIGINT');
    await ended;
  };
  let stderr = '';
  sandbox.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  for await (const text of createInterface({ input: sandbox.stdout })) {
    if (!text.startsWith('A sandbox')) continue;
    sandbox.stdout.resume();
    return stop;
  }
  throw new Error(`The stand-in does not start:\n${stderr}`);
}
