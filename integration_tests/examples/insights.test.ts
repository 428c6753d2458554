import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../test-support/connector.ts';
import { PYTHON_OPTIONS, exampleEnvironment } from '../../test-support/python.ts';
import { copyExample, type } from './example.ts';
import { linesOf } from './page.ts';
import { costOf, keysOf } from './sandbox-data.ts';

test('the insights script reads the sandbox, and writes a page with costs and databases', async () => {
  const workspace = copyExample('insights');
  try {
    const path = [await exampleEnvironment('insights'), PYTHON_OPTIONS.env['PATH']].join(delimiter);
    const env = { ...PYTHON_OPTIONS.env, PATH: path, DBT_PACKAGE: join(ROOT, 'dbt') };
    let printed = '';
    for (const line of linesOf('insights')) printed = await type(line, workspace.folder, { ...PYTHON_OPTIONS, env });

    const months = [...new Set((await keysOf('billables')).map((key) => key.slice(0, '2026-11'.length)))];
    const cost = (await Promise.all(months.map(costOf))).reduce((sum, one) => sum + one, 0);
    const [, amount, ...counts] =
      /insights\.html: ([\d.]+) USD in (\d+) months, (\d+) databases,/.exec(printed)?.map(Number) ?? [];
    expect(amount).toBeCloseTo(cost, 1);
    expect(counts).toEqual([months.length, (await keysOf('deployments')).length]);
  } finally {
    workspace.remove();
  }
});
