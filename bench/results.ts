import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { drawChart } from './chart.ts';
import type { Row } from './figures.ts';

export interface Table {
  name: string;
  rows: Row[];
}

const README = new URL('README.md', import.meta.url);
const CHART = new URL('results.svg', import.meta.url);

export function printTable(name: string, rows: Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log(`\n${name}`);
  for (const { what, value, goal } of rows)
    console.log(`  ${what.padEnd(width)}  ${value}${goal === '' ? '' : `   goal ${goal}`}`);
}

/** Puts the results into README.md between its markers, with what they were measured on, and draws the chart. */
export function writeResults(tables: Table[]): void {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const versions = `node ${process.version}, undici ${dependencies['undici']}, ${cpus().length} cores, Linux`;
  const lines = [`Measured on ${new Date().toISOString().slice(0, 10)}: ${versions}.`, ''];
  for (const { name, rows } of tables) {
    lines.push(`### ${name}`, '', '| What | Median (spread) | Goal |', '| --- | --- | --- |');
    lines.push(...rows.map(({ what, value, goal }) => `| ${what} | ${value} | ${goal} |`), '');
  }
  const between = /(<!-- results -->\n<!-- prettier-ignore-start -->\n)[\s\S]*?(<!-- prettier-ignore-end -->)/;
  const page = readFileSync(README, 'utf8');
  writeFileSync(
    README,
    page.replace(between, (_, start: string, end: string) => `${start}\n${lines.join('\n')}\n${end}`),
  );
  writeFileSync(CHART, drawChart(tables));
}
