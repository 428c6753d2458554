import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ProcessOptions, outputOf } from '../../test-support/processes.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { EXAMPLES } from './page.ts';

/** Files that an example leaves in its folder when it runs. */
const LEFT_BEHIND = /^(\.meltano|\.venv.*|\.env|output|logs|target|insights\.html|.*\.duckdb|__pycache__)$/;

/** Copies an example into a new workspace, without files left by earlier runs. */
export function copyExample(name: string, folder = '.'): Workspace {
  const workspace = new Workspace(`example-${name}`).openToAll();
  cpSync(join(EXAMPLES, name), join(workspace.folder, folder), {
    recursive: true,
    filter: (path) => !LEFT_BEHIND.test(basename(path)),
  });
  return workspace;
}

/** Runs a command in a folder, and returns its output. Throws unless the command exits with 0. */
export function type(line: string, cwd: string, options: ProcessOptions): Promise<string> {
  return outputOf('sh', ['-c', line], { ...options, cwd });
}
