import { readFlags } from '../test-support/flags.ts';
import { counts, growth, memory, startUp, throughput, waiting } from './cases.ts';
import { wheel } from './wheel.ts';
import { ibmCloud, ibmCloudCounts } from './ibm-cloud.ts';
import { type Row, workspace } from './measure.ts';
import { peer } from './peer.ts';
import { buildPrograms } from './programs.ts';
import { type Table, printTable, writeResults } from './results.ts';

const cases: Record<string, (runs: number) => Promise<Row[]>> = {
  throughput,
  'start-up': startUp,
  wheel,
  memory,
  waiting,
  growth,
  peer,
  'ibm-cloud': ibmCloud,
};

const flags = readFlags('bench', 'Measures speed and memory as ratios. README.md describes each case.', {
  only: { value: 'CASES', meaning: 'the cases to measure, separated by commas', default: Object.keys(cases).join(',') },
  runs: { value: 'N', meaning: 'how many times each program runs (at most three times in long cases)', default: '5' },
  write: { meaning: 'write the results to bench/README.md, and draw the chart' },
  short: { meaning: 'check only counts, never time, as CI does' },
});
const names = flags.only.split(',');
const runs = Number(flags.runs);
const unknown = names.filter((name) => !Object.hasOwn(cases, name));
if (unknown.length > 0) refuse(`unknown case ${unknown.join(', ')}; the cases are ${Object.keys(cases).join(', ')}`);
if (!Number.isSafeInteger(runs) || runs < 1) refuse('--runs must be a whole number of at least 1');

process.once('exit', () => workspace.remove());
await buildPrograms();
if (flags.short) {
  const lines = [...(await counts()), ...(await ibmCloudCounts())];
  for (const { what, ok } of lines) console.log(`${ok ? '✓' : '✗'} ${what}`);
  const failed = lines.filter(({ ok }) => !ok).length;
  console.log(`\n${lines.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} else {
  const tables: Table[] = [];
  for (const name of names) {
    const rows = (await cases[name]?.(runs)) ?? [];
    printTable(name, rows);
    tables.push({ name, rows });
  }
  if (flags.write) writeResults(tables);
}

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
