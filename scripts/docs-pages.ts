import { readFileSync } from 'node:fs';
import { entityDiagram } from './docs-diagram.ts';
import { fieldTables } from './docs-fields.ts';
import { fillMarkers } from './docs-markers.ts';
import { optionsTable } from './docs-options.ts';
import { problemTables } from './docs-problems.ts';
import { streamsTable } from './docs-streams.ts';

const USER_PAGE = 'docs/sources/compose.md';

/** The pages that hold generated parts, and what makes each part. */
const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': { streams: () => streamsTable(USER_PAGE), options: optionsTable },
  [USER_PAGE]: {
    options: optionsTable,
    streams: () => streamsTable(''),
    diagram: entityDiagram,
    fields: fieldTables,
    problems: problemTables,
  },
};

export const PAGE_PATHS: readonly string[] = Object.keys(PAGES);

/** A file of the repository. */
export function pageUrl(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** The page as it must be: what stands in the file, with its generated parts made anew. */
export function renderPage(path: string): string {
  const parts = Object.entries(PAGES[path] ?? {}).map(([name, make]): [string, string] => [name, make()]);
  return fillMarkers(readFileSync(pageUrl(path), 'utf8'), Object.fromEntries(parts));
}
