import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, programPath } from '../../test-support/connector.ts';
import { blockOf as blockOfPage, pageOf } from '../../test-support/pages.ts';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, exampleEnvironment } from '../../test-support/python.ts';
import { startSandboxCommand } from '../../test-support/sandbox-command.ts';
import type { Workspace } from '../../test-support/workspace.ts';
import { copyExample, type } from './example.ts';
// Runs the commands in 'examples/README.md'.
import { blockOf, linesOf } from './page.ts';
import { costOf, keysOf } from './sandbox-data.ts';

let workspace: Workspace;
let python: string;
let options: typeof PYTHON_OPTIONS;

beforeAll(async () => {
  workspace = copyExample('pyairbyte');
  const bin = await exampleEnvironment('pyairbyte');
  python = join(bin, 'python');
  options = {
    ...PYTHON_OPTIONS,
    env: { ...PYTHON_OPTIONS.env, PATH: [bin, PYTHON_OPTIONS.env['PATH']].join(delimiter) },
  };
});
afterAll(() => workspace.remove());

test('the script reads all costs and backups in the sandbox', async () => {
  let said = '';
  for (const line of linesOf('pyairbyte')) said = await type(line, workspace.folder, options);

  const months = [...new Set((await keysOf('billables')).map((key) => key.slice(0, '2026-11'.length)))];
  const cost = (await Promise.all(months.map(costOf))).reduce((sum, one) => sum + one, 0);
  const backups = (await keysOf('deployments_backups')).length;
  const drawn = /charts\.png: ([\d.]+) USD in (\d+) months, (\d+) backups on (\d+) days/
    .exec(said)
    ?.slice(1)
    .map(Number);
  const [amount, ...counts] = drawn ?? [];
  expect(amount).toBeCloseTo(cost, 1);
  expect(counts.slice(0, 2)).toEqual([months.length, backups]);
});

test('the function in docs/running.md reads all streams', async () => {
  const page = blockOfPage(pageOf('docs/running.md'), 'import os');
  // Replaces the account with the sandbox, and the image with the program.
  const code = page
    .replace(/^PLATFORM = .*$/m, 'from charts import platform\nPLATFORM = platform()')
    .replace(/docker_image=.*/, `local_executable=${JSON.stringify(programPath())},`);
  workspace.put('function.py', `${code}\nprint(read_databases())\n`);
  const command = 'IBM_CLOUD_API_KEY=sandbox-key SANDBOX_URL=http://127.0.0.1:8322 python function.py';
  const printed = await type(command, workspace.folder, options);
  expect(printed).toContain(`'deployments': ${(await keysOf('deployments')).length}`);
});

// Compares two images at a quarter of their size, because the edges of letters may differ.
const SHARE_THAT_DIFFERS = `
import sys
from PIL import Image, ImageChops
a, b = (Image.open(path).convert("RGB") for path in sys.argv[1:])
assert a.size == b.size, (a.size, b.size)
size = (a.width // 4, a.height // 4)
difference = ImageChops.difference(a.resize(size), b.resize(size)).convert("L")
print(sum(difference.histogram()[48:]) / (size[0] * size[1]))
`;

test('the script draws the charts shown in the README', async () => {
  const stop = await startSandboxCommand(
    blockOf('npm run sandbox -- --platform ibm_cloud --port 8323').join('\n'),
    ROOT,
  );
  try {
    const [clear = '', draw = '', copy] = blockOf('rm -rf .cache');
    expect(copy).toBe('cp charts.png ../../docs/charts.png');
    await type(`${clear} && ${draw}`, workspace.folder, options);
  } finally {
    await stop();
  }
  const pictures = [join(workspace.folder, 'charts.png'), join(ROOT, 'docs', 'charts.png')];
  const share = await outputOf(python, ['-c', SHARE_THAT_DIFFERS, ...pictures], options);
  expect(Number(share)).toBeLessThan(0.005);
});
