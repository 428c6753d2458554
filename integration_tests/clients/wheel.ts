import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import { onPath } from '../install/bare-machine.ts';
import type { Stage } from './stage.ts';

// Meltano and PyAirbyte install the Python package on a machine without Node.js or Docker. pip and uv find the wheel in a folder, not on
// PyPI.

/** Builds the wheel. Returns the environment variables that tell pip and uv where to find it. */
export async function wheelEnv(): Promise<NodeJS.ProcessEnv> {
  await outputOf('npm', ['run', 'build:wheel'], { cwd: ROOT, env: PYTHON_OPTIONS.env });
  const links = join(ROOT, 'dist-wheel');
  return { PIP_FIND_LINKS: links, UV_FIND_LINKS: links, UV_PYTHON_DOWNLOADS: 'never' };
}

/** Creates a folder for PATH that contains only programs that every machine with Python has. */
export async function pythonMachine({ folder, file }: Stage): Promise<string> {
  file('machine/.keep', '');
  const machine = join(folder, 'machine');
  for (const program of ['env', 'sh']) symlinkSync(onPath(program), join(machine, program));
  // The python3 on PATH may be a script, such as a pyenv shim.
  const python = await outputOf('python3', ['-c', 'import sys; print(sys.executable)']);
  symlinkSync(python.trim(), join(machine, 'python3'));
  return machine;
}
