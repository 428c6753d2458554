import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import { onPath } from '../install/bare-machine.ts';
import type { Stage } from './stage.ts';

// Meltano and PyAirbyte install the Python package without Node.js and Docker. pip and uv use the wheel's folder
// instead of PyPI.

/** Builds the wheel. Returns the variables that tell both installers where to find the wheel. */
export async function wheelEnv(): Promise<NodeJS.ProcessEnv> {
  await outputOf('npm', ['run', 'build:wheel'], { cwd: ROOT, env: PYTHON_OPTIONS.env });
  const links = join(ROOT, 'dist-wheel');
  return { PIP_FIND_LINKS: links, UV_FIND_LINKS: links, UV_PYTHON_DOWNLOADS: 'never' };
}

/** Creates a folder for PATH that contains the programs of every machine with Python. */
export async function pythonMachine({ folder, file }: Stage): Promise<string> {
  file('machine/.keep', '');
  const machine = join(folder, 'machine');
  for (const program of ['env', 'sh']) symlinkSync(onPath(program), join(machine, program));
  // The python3 on PATH may be a script that looks for the interpreter.
  const python = await outputOf('python3', ['-c', 'import sys; print(sys.executable)']);
  symlinkSync(python.trim(), join(machine, 'python3'));
  return machine;
}
