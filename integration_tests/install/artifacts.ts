import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS } from '../../test-support/python.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { setup as buildImage } from '../container/docker.ts';

/** A release's packages, without the image. */
export interface Artifacts {
  /** The folder with the wheel built by `npm run build:wheel`. */
  wheels: string;
  wheel: string;
  /** The tarball built by `npm pack`. */
  tarball: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    artifacts: Artifacts;
  }
}

/** Builds the wheel, the npm tarball and the image from the checkout, once for all tests. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const workspace = new Workspace('artifacts');
  await npm(['run', 'build:wheel']);
  await npm(['pack', '--pack-destination', workspace.folder]);
  await buildImage();
  const wheels = join(ROOT, 'dist-wheel');
  provide('artifacts', { wheels, wheel: onlyFileIn(wheels), tarball: onlyFileIn(workspace.folder) });
  return () => workspace.remove();
}

async function npm(args: readonly string[]): Promise<void> {
  await outputOf('npm', args, { cwd: ROOT, env: PYTHON_OPTIONS.env });
}

function onlyFileIn(folder: string): string {
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error(`${folder} must contain exactly one file`);
  return join(folder, name);
}
