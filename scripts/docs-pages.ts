import { readFileSync } from 'node:fs';
import { martParts } from './docs-marts.ts';
import {
  fieldTables,
  optionsTable,
  overviewTable,
  problemTables,
  streamsTable,
  syncModesTable,
  questionsTable,
  unverifiedTable,
} from './docs-parts.ts';
import { DOCUMENTED, type DocumentedPlatform } from './docs-platforms.ts';
import { entityDiagram } from './entity-diagram.ts';

const README = 'README.md';

type Parts = Readonly<Record<string, () => string>>;

/** The pages with generated parts, and the functions that generate them. */
const PAGES: Readonly<Record<string, Parts>> = Object.assign(
  { [README]: { streams: () => overviewTable(DOCUMENTED, README) }, 'docs/sources/ibm-cloud-queries.md': martParts() },
  ...DOCUMENTED.map(partsOfPages),
  {
    'docs/reference/icd-api.md': { questions: questionsTable },
    'docs/sources/ibm-cloud-limits.md': { unverified: unverifiedTable },
  },
);

/** The generated parts of a platform's pages. The stream fields may be on a separate page. */
function partsOfPages(platform: DocumentedPlatform): Record<string, Parts> {
  const { page, streamsPage } = platform;
  const userParts: Parts = {
    options: () => optionsTable(platform),
    modes: () => syncModesTable(platform),
    streams: () => streamsTable(platform, page),
    problems: () => problemTables(platform),
  };
  const streamParts: Parts = { fields: () => fieldTables(platform) };
  if (streamsPage === page) return { [page]: { ...userParts, ...streamParts } };
  return { [page]: userParts, [streamsPage]: streamParts };
}

export const PAGE_PATHS: readonly string[] = Object.keys(PAGES);

/** The diagrams, and the functions that draw them. Each diagram is in the same folder as its platform's pages. */
export const PICTURES: Readonly<Record<string, () => Promise<string>>> = Object.fromEntries(
  DOCUMENTED.map((platform) => [`docs/sources/${platform.picture}`, () => entityDiagram(platform)]),
);

export function pageUrl(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** Returns the page with its generated parts updated. */
export function renderPage(path: string): string {
  const parts = Object.entries(PAGES[path] ?? {}).map(([name, make]): [string, string] => [name, make()]);
  return fillMarkers(readFileSync(pageUrl(path), 'utf8'), Object.fromEntries(parts));
}

const SECTION = /<!-- generated: (\w+) -->[\s\S]*?<!-- \/generated -->/g;

/**
 * Inserts the sections between the page's markers. Throws if a marker has no section or a section has no marker, so that no
 * table disappears unnoticed.
 */
export function fillMarkers(page: string, sections: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(sections));
  const filled = page.replace(SECTION, (_, name: string) => {
    const text = sections[name];
    if (text === undefined) throw new Error(`nothing generates the section ${name}`);
    missing.delete(name);
    // Without this comment, Prettier would pad the tables, so one long cell would change every line.
    return [
      `<!-- generated: ${name} -->`,
      '<!-- prettier-ignore-start -->',
      `\n${text}\n`,
      '<!-- prettier-ignore-end -->',
      '<!-- /generated -->',
    ].join('\n');
  });
  if (missing.size > 0) throw new Error(`the page has no marker for ${[...missing].join(', ')}`);
  return filled;
}
