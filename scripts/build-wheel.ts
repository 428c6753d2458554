import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, buildIfNeeded, isUpToDate } from '../test-support/connector.ts';

// `npm run build:wheel` packages the built program as a Python wheel in dist-wheel/, unless that wheel is up to date. The script assembles
// the wheel in a separate folder, because the wheel contains files from outside python/.

const wheels = join(ROOT, 'dist-wheel');

console.log(await buildIfNeeded());
const [built] = existsSync(wheels) ? readdirSync(wheels) : [];
if (built !== undefined && isUpToDate(join(wheels, built), ['python/**', 'LICENSE'])) {
  console.log(`${join('dist-wheel', built)} is up to date`);
  process.exit();
}

const stage = mkdtempSync(join(tmpdir(), 'source-compose-wheel-'));
try {
  cpSync(join(ROOT, 'python'), join(stage, 'python'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(stage, 'package.json'));
  cpSync(join(ROOT, 'LICENSE'), join(stage, 'python', 'LICENSE'));
  const program = join(stage, 'python', 'source_compose', 'program');
  mkdirSync(program);
  for (const name of readdirSync(join(ROOT, 'dist'))) {
    if (!name.endsWith('.map')) cpSync(join(ROOT, 'dist', name), join(program, name));
  }
  rmSync(wheels, { recursive: true, force: true });
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheels];
  const { error, status } = spawnSync('python3', [...pip, join(stage, 'python')], { stdio: 'inherit' });
  if (error !== undefined || status !== 0) {
    throw new Error(
      `The wheel was not built${error === undefined ? '' : `: ${error.message}`}. The build requires Python 3.10 or later with pip.`,
    );
  }
  for (const name of readdirSync(wheels)) console.log(join('dist-wheel', name));
} finally {
  rmSync(stage, { recursive: true, force: true });
}
