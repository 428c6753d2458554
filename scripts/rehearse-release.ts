import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { ROOT } from '../test-support/connector.ts';
import { outputOf } from '../test-support/processes.ts';
import { PYTHON_OPTIONS, environment } from '../test-support/python.ts';
import { Workspace } from '../test-support/workspace.ts';

// `npm run release:rehearse` runs the release steps that require no publishing rights, in the order of release.yml. The image's build is
// omitted, because other tests cover it. How the registries behave is unknown until the first release.

const workspace = new Workspace('release');
const env = PYTHON_OPTIONS.env;
try {
  await step('notes', 'npm', [
    'run',
    'release:notes',
    '--',
    `v${manifest.version}`,
    join(workspace.folder, 'notes.md'),
  ]);
  await step('npm package', 'npm', ['publish', '--dry-run', '--access', 'public']);
  await step('wheel', 'npm', ['run', 'build:wheel']);
  const wheels = readdirSync(join(ROOT, 'dist-wheel')).map((name) => join('dist-wheel', name));
  await step('wheel, as PyPI checks it', join(await environment('release'), 'twine'), ['check', '--strict', ...wheels]);
  await step('SBOM', 'npm', ['run', 'sbom', '--', join(workspace.folder, 'sbom.cdx.json')]);
} finally {
  workspace.remove();
}

async function step(what: string, program: string, args: readonly string[]): Promise<void> {
  await outputOf(program, args, { cwd: ROOT, env });
  console.log(`✓ ${what}`);
}
