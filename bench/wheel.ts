import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { ROOT } from '../test-support/connector.ts';
import { outputOf } from '../test-support/processes.ts';
import { PYTHON_OPTIONS, installInto } from '../test-support/python.ts';
import { type Row, figure, interleaved, show, workspace } from './measure.ts';
import { connector } from './programs.ts';

/** Measures how long the wheel's Python code runs before it replaces itself with Node.js. */
export async function wheel(runs: number): Promise<Row[]> {
  await outputOf('npm', ['run', 'build:wheel'], { cwd: ROOT, env: PYTHON_OPTIONS.env });
  const links = join(ROOT, 'dist-wheel');
  const bin = await installInto(join(workspace.folder, 'wheel'), { name: manifest.name, links });
  const { plain, installed } = await interleaved(
    { plain: { command: connector('spec') }, installed: { command: [join(bin, 'source-compose'), 'spec'] } },
    runs * 4,
  );
  const more = (of: 'wallMs' | 'cpuMs'): string =>
    show(figure(installed.map((run, i) => run[of] - (plain[i]?.[of] ?? NaN))), 0);
  return [
    { what: 'Time of `spec` with the wheel, in ms more than without it', value: more('wallMs'), goal: '≤ 120' },
    // The CPU time of the process includes the Python code that runs before Node.js.
    { what: 'CPU time of `spec` with the wheel, in ms more than without it', value: more('cpuMs'), goal: '' },
  ];
}
