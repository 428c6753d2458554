import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { exampleEnvironment } from '../../test-support/python.ts';
import { startSandboxCommand } from '../../test-support/sandbox-command.ts';
import { blockOf } from './page.ts';

/**
 * Follows the steps that precede the table in examples/README.md: builds the wheel, sets the variable that points to it, starts the
 * sandbox, and installs Meltano.
 */
export async function setup(): Promise<() => Promise<void>> {
  const [install, ...lines] = blockOf('npm ci');
  // Skip `npm ci`, because it would delete the packages that this process uses.
  if (install !== 'npm ci') throw new Error('The first line of examples/README.md is no longer `npm ci`.');
  const stop = await startSandboxCommand(
    blockOf('npm run sandbox -- --platform ibm_cloud --port 8322').join('\n'),
    ROOT,
  );
  try {
    const script = [...lines, 'echo "$UV_FIND_LINKS"'].join('\n');
    process.env['UV_FIND_LINKS'] = (await outputOf('sh', ['-ec', script], { cwd: ROOT })).trim().split('\n').at(-1);
    // Creating the first environment installs uv, which the tests then use to create other environments in parallel.
    await exampleEnvironment('meltano');
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
