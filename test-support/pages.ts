import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './connector.ts';

/** A fenced block on a Markdown page, without the indentation of a surrounding list. */
export interface Block {
  language: string;
  text: string;
}

export function pageOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The section below this heading, up to the next heading of the same or a higher level. */
export function sectionOf(page: string, heading: string): string {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  if (start < 0) throw new Error(`no section is called ${heading}`);
  const level = (lines[start] ?? '').indexOf(' ');
  const end = lines.findIndex((line, i) => i > start && new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^( *)```(\w*)\n([^]*?)^\1```$/gm)].map(([, indent = '', language = '', body = '']) => ({
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The blocks of a page or section that contain shell commands. */
export function commandsIn(text: string): string[] {
  return blocksOf(text).flatMap((block) => (block.language === 'sh' ? [block.text] : []));
}

/** The only block that starts with this text. Throws unless exactly one block matches. */
export function blockOf(page: string, start: string): string {
  const found = blocksOf(page).filter(({ text }) => text.startsWith(start));
  if (found.length !== 1) throw new Error(`the page has ${found.length} blocks that start with ${start}`);
  return found[0]?.text ?? '';
}
