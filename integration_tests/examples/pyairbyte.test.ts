import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, exampleEnvironment } from '../../test-support/python.ts';
import { copyExample, type } from './example.ts';
import { linesOf } from './page.ts';
import { costOf, keysOf } from './sandbox-data.ts';

// The colours of the bars that must be there: of the dearest database, of all others, and of each outcome of a backup.
const COLOURS = ['0f62fe', 'a8a8a8', '009d9a', 'da1e28'];

const LOOK = `
import json
from PIL import Image
image = Image.open("charts.png").convert("RGB")
count = image.width * image.height
print(json.dumps({"size": image.size, "colours": {"%02x%02x%02x" % rgb: n / count for n, rgb in image.getcolors(count)}}))
`;

test('the script draws what the databases cost and when they were backed up', async () => {
  const workspace = copyExample('pyairbyte');
  const { folder } = workspace;
  try {
    const bin = await exampleEnvironment('pyairbyte');
    const env = { ...PYTHON_OPTIONS.env, PATH: [bin, PYTHON_OPTIONS.env['PATH']].join(delimiter) };
    const options = { ...PYTHON_OPTIONS, env };
    let said = '';
    for (const line of linesOf('pyairbyte')) said = await type(line, folder, options);

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

    const seen = JSON.parse(await outputOf(join(bin, 'python'), ['-c', LOOK], { ...options, cwd: folder })) as {
      size: number[];
      colours: Record<string, number>;
    };
    expect(seen.size).toEqual([1800, 1350]);
    // A bar covers more than the patch in the legend does.
    expect(COLOURS.filter((colour) => (seen.colours[colour] ?? 0) < 0.005)).toEqual([]);
  } finally {
    workspace.remove();
  }
});
