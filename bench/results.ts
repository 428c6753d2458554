import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { pinned } from '../test-support/python.ts';
import type { Row } from './measure.ts';

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

/** The peer table shows the peer's own figures instead of goals. */
function headings(name: string): [string, string, string] {
  return name === 'peer' ? ['What', 'Ours', 'Python CDK'] : ['What', 'Median (spread)', 'Goal'];
}

/** Writes the results and the machine's description between the markers in README.md, and draws the chart. */
export function writeResults(tables: Table[]): void {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const versions = [
    `node ${process.version}`,
    `undici ${devDependencies['undici']}`,
    `airbyte-cdk ${pinned('clients', 'airbyte-cdk')}`,
    `ibm-platform-services ${pinned('ibm-cloud', 'ibm-platform-services')}`,
    `ibm-cloud-databases ${pinned('ibm-cloud', 'ibm-cloud-databases')}`,
  ].join(', ');
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

const WIDTH = 760;
const ROW = 30;
const LEFT = 430;
const SCALE = 160;

/**
 * Draws a bar per ratio, with a line at 1 (the floor program or bare node) and a tick at each goal. The peer's bars are
 * at the bottom.
 */
function drawChart(tables: Table[]): string {
  const peers = tables.flatMap(({ name, rows }) =>
    rows.flatMap(({ what, goal }) => {
      const times = / ([\d.]+) \(\S+\) × ours$/.exec(goal)?.[1];
      return name === 'peer' && times !== undefined ? [{ what: what.replaceAll('`', ''), times: Number(times) }] : [];
    }),
  );
  const longest = Math.max(...peers.map(({ times }) => times));
  const bars = tables.flatMap(({ rows }) =>
    rows.flatMap(({ what, value, goal }) => {
      const ratio = Number.parseFloat(value);
      return what.includes('×')
        ? [{ what: what.replaceAll('`', ''), ratio, goal: Number.parseFloat(goal.replace(/[^\d.]/g, '')) }]
        : [];
    }),
  );
  const peersTop = 60 + bars.length * ROW;
  const height = peersTop + (peers.length === 0 ? 0 : 50 + peers.length * ROW);
  const x = (ratio: number): number => LEFT + Math.min(ratio, 1.9) * SCALE;
  const lines = bars.map(({ what, ratio, goal }, i) => {
    const y = 44 + i * ROW;
    const tick = Number.isNaN(goal)
      ? ''
      : `<line x1="${x(goal)}" x2="${x(goal)}" y1="${y - 2}" y2="${y + 18}" stroke="#c0392b" stroke-width="2"/>`;
    return `<text x="${LEFT - 10}" y="${y + 12}" text-anchor="end">${escaped(what)}</text>
<rect x="${LEFT}" y="${y}" width="${(x(ratio) - LEFT).toFixed(1)}" height="16" rx="3" fill="#2f6f8f"/>
<text x="${x(ratio) + 8}" y="${y + 12}" font-weight="600">${ratio.toFixed(2)}</text>${tick}`;
  });
  const peerLines = peers.map(({ what, times }, i) => {
    const y = peersTop + 32 + i * ROW;
    const width = (times / longest) * (WIDTH - LEFT - 80);
    return `<text x="${LEFT - 10}" y="${y + 12}" text-anchor="end">${escaped(what)}</text>
<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="16" rx="3" fill="#c08a3e"/>
<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 12}" font-weight="600">${times.toFixed(1)}</text>`;
  });
  if (peers.length > 0) {
    peerLines.unshift(
      `<text x="16" y="${peersTop + 14}" font-size="14" font-weight="600">The Python CDK with the same streams, × source-compose</text>`,
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="16" y="22" font-size="14" font-weight="600">source-compose, × what no program can avoid (red: the goal)</text>
<line x1="${x(1)}" x2="${x(1)}" y1="36" y2="${peersTop - 12}" stroke="#999" stroke-dasharray="3 3"/>
${[...lines, ...peerLines].join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
