import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';

// examples/README.md as people follow it.

export const EXAMPLES = join(ROOT, 'examples');

const PAGE = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
const COLUMN = 'To run it';

/** The lines of an example in the table, in order. */
export function linesOf(example: string): string[] {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('|'));
  const cells = (row: string): string[] => row.split('|').map((cell) => cell.trim());
  const column = cells(rows[0] ?? '').indexOf(COLUMN);
  const row = rows.find((line) => line.startsWith(`| [${example}](`));
  const lines = (row === undefined ? '' : (cells(row)[column] ?? ''))
    .split('<br>')
    .map((cell) => /^`(.*)`$/.exec(cell)?.[1]);
  if (lines.some((line) => line === undefined)) throw new Error(`examples/README.md has no lines for ${example}.`);
  return lines as string[];
}

/** The lines of the one block that begins with this text. */
export function blockOf(beginning: string): string[] {
  const blocks = [...PAGE.matchAll(/^```sh\n([^]*?)\n```$/gm)].map(([, text = '']) => text);
  const found = blocks.filter((text) => text.startsWith(beginning));
  if (found.length !== 1)
    throw new Error(`examples/README.md has ${found.length} blocks that begin with ${beginning}.`);
  return found[0]!.split('\n');
}
