import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// `npm run build:wheel`: the built program as a Python wheel in dist-wheel/. The wheel is put together in a folder of its
// own, because it holds files from outside of python/.

const root = fileURLToPath(new URL('..', import.meta.url));
const wheels = join(root, 'dist-wheel');

const stage = mkdtempSync(join(tmpdir(), 'source-compose-wheel-'));
try {
  cpSync(join(root, 'python'), join(stage, 'python'), { recursive: true });
  cpSync(join(root, 'package.json'), join(stage, 'package.json'));
  cpSync(join(root, 'LICENSE'), join(stage, 'python', 'LICENSE'));
  const program = join(stage, 'python', 'source_compose', 'program');
  mkdirSync(program);
  for (const name of readdirSync(join(root, 'dist'))) {
    if (!name.endsWith('.map')) cpSync(join(root, 'dist', name), join(program, name));
  }
  rmSync(wheels, { recursive: true, force: true });
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheels];
  const { error, status } = spawnSync('python3', [...pip, join(stage, 'python')], { stdio: 'inherit' });
  if (error !== undefined || status !== 0) {
    throw new Error(
      `The wheel was not built${error === undefined ? '' : `: ${error.message}`}. It takes Python 3.10 or later with pip.`,
    );
  }
  for (const name of readdirSync(wheels)) console.log(join('dist-wheel', name));
} finally {
  rmSync(stage, { recursive: true, force: true });
}
