import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { pinned } from '../integration_tests/clients/python-environments.ts';
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
    console.log(`  ${what.padEnd(width)}  ${value}${goal === '' ? '' : `   ${headings(name)[2]}: ${goal}`}`);
}

/** The peer has no goal; its own figures stand there. */
function headings(name: string): [string, string, string] {
  return name === 'peer' ? ['What', 'Ours', 'Python CDK'] : ['What', 'Median (spread)', 'Goal'];
}

/** Puts the results into README.md between its markers, with what they were measured on, and draws the chart. */
export function writeResults(tables: Table[]): void {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const versions = `node ${process.version}, undici ${dependencies['undici']}, airbyte-cdk ${pinned('clients', 'airbyte-cdk')}`;
  const machine = `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
  const lines = [`Measured on ${new Date().toISOString().slice(0, 10)}: ${versions}; ${machine}.`, ''];
  for (const { name, rows } of tables) {
    lines.push(`### ${name}`, '', `| ${headings(name).join(' | ')} |`, '| --- | --- | --- |');
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
