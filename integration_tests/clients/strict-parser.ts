import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outputOf } from './programs.ts';
import { environment, pinned } from './python-environments.ts';
import { record } from './recordings.ts';
import type { ClientTest } from './stage.ts';

const SCRIPT = fileURLToPath(new URL('parse_strictly.py', import.meta.url));

const PARSERS = ['airbyte-cdk', 'airbyte-protocol-models-pdv2'];

/** The kinds that must be among the lines, or the parsers had nothing to judge. */
const KINDS = ['CATALOG', 'CONNECTION_STATUS', 'LOG', 'RECORD', 'SPEC', 'STATE', 'TRACE'];

export const strictParser: ClientTest = {
  name: 'strict-parser',
  title:
    PARSERS.map((name) => `${name} ${pinned('clients', name)}`).join(' and ') + ', all that was printed, line by line',
  run: async (stage) => {
    const recordings = await record(stage);
    const bin = await environment('clients');
    const verdicts = await outputOf(join(bin, 'python'), [SCRIPT, ...recordings.map(({ path }) => path)]);
    const met = new Set<string>();
    for (const [i, line] of verdicts.trimEnd().split('\n').entries()) {
      const { lines, kinds, misfits } = JSON.parse(line) as Verdict;
      for (const kind of Object.keys(kinds)) met.add(kind);
      const named = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
      const what = `${recordings[i]?.what}: ${lines} lines, ${named.join(', ')}`;
      if (misfits.length === 0) stage.report.pass(what);
      else stage.report.fail(what, misfits.slice(0, 10).join('\n'));
    }
    stage.report.same('messages of every kind were among them', [...met].toSorted(), KINDS);
  },
};

interface Verdict {
  lines: number;
  kinds: Record<string, number>;
  misfits: string[];
}
