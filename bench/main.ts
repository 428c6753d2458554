import { parseArgs } from 'node:util';
import { counts } from './counts.ts';
import type { Row } from './figures.ts';
import { growth } from './growth.ts';
import { memory } from './memory.ts';
import { peer } from './peer.ts';
import { buildPrograms } from './programs.ts';
import { printTable, writeResults } from './results.ts';
import { startUp } from './start-up.ts';
import { throughput } from './throughput.ts';
import { waiting } from './waiting.ts';

// npm run bench [-- --only throughput,peer] [--runs 5] [--write] [--short]
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});

const cases: Record<string, (runs: number) => Promise<Row[]>> = {
  throughput,
  'start-up': startUp,
  memory,
  waiting,
  growth,
  peer,
};

await buildPrograms();
if (values.short) {
  const lines = await counts();
  for (const { what, ok } of lines) console.log(`${ok ? '✓' : '✗'} ${what}`);
  const failed = lines.filter(({ ok }) => !ok).length;
  console.log(`\n${lines.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} else {
  const names = values.only?.split(',') ?? Object.keys(cases);
  const tables: Array<{ name: string; rows: Row[] }> = [];
  for (const name of names) {
    const run = cases[name];
    if (run === undefined) throw new Error(`no such case: ${name}; there are ${Object.keys(cases).join(', ')}`);
    const rows = await run(Number(values.runs));
    printTable(name, rows);
    tables.push({ name, rows });
  }
  if (values.write) writeResults(tables);
}
