import { readFileSync } from 'node:fs';
import {
  commonOptionsTable,
  entityDiagram,
  fieldTables,
  optionsTable,
  overviewTable,
  problemTables,
  streamsTable,
} from './docs-parts.ts';
import { DOCUMENTED, type DocumentedPlatform } from './docs-platforms.ts';

const README = 'README.md';

type Parts = Readonly<Record<string, () => string>>;

const readmeParts: Parts = { streams: () => overviewTable(DOCUMENTED, README), options: commonOptionsTable };

/** The pages that hold generated parts, and what makes each part. */
const PAGES: Readonly<Record<string, Parts>> = {
  [README]: readmeParts,
  ...Object.fromEntries(DOCUMENTED.map((platform): [string, Parts] => [platform.page, partsOfPage(platform)])),
};

function partsOfPage(platform: DocumentedPlatform): Parts {
  return {
    options: () => optionsTable(platform),
    streams: () => streamsTable(platform, platform.page),
    diagram: () => entityDiagram(platform),
    fields: () => fieldTables(platform),
    problems: () => problemTables(platform),
  };
}

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

const SECTION = /<!-- generated: (\w+) -->[\s\S]*?<!-- \/generated -->/g;

/**
 * The page with the given texts between their markers. Throws if it has a marker without a text, or lacks one that was
 * given: else a table could vanish from a page without anyone's notice.
 */
export function fillMarkers(page: string, sections: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(sections));
  const filled = page.replace(SECTION, (_, name: string) => {
    const text = sections[name];
    if (text === undefined) throw new Error(`nothing generates the section ${name}`);
    missing.delete(name);
    // Prettier would pad the tables; padded, one long cell would change every line.
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
