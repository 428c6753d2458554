import { join } from 'node:path';
import { ROOT } from '../../test-support/connector.ts';
import { blockOf as findBlock, pageOf } from '../../test-support/pages.ts';

// The commands in examples/README.md.

export const EXAMPLES = join(ROOT, 'examples');

const PAGE = pageOf('examples/README.md');
const COLUMN = 'To run it';

/** The commands of an example in the table of examples/README.md, in order. */
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

/** The lines of the only code block that starts with `start`. */
export function blockOf(start: string): string[] {
  return findBlock(PAGE, start).trimEnd().split('\n');
}
