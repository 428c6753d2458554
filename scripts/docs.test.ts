import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import spec from '../spec.json' with { type: 'json' };
import { RECORD_BYTES_PER_STATE_BYTE } from '../src/core/output/checkpoints.ts';
import { VERSION } from '../src/program/version.ts';
import { PAGE_PATHS, PICTURES, fillMarkers, pageUrl, renderPage } from './docs-pages.ts';
import { anchorOf, headingsOf, table } from './docs-parts.ts';
import { DOCUMENTED } from './docs-platforms.ts';
import { relationsOf } from './entity-diagram.ts';

/** Every page in the repository, except pages in packages and caches. */
const PAGES = globSync('**/*.md', { exclude: ['**/node_modules', '**/.*', '**/build'] }).toSorted();

const textOf = (path: string): string => readFileSync(pageUrl(path), 'utf8');

test('the tests cover pages in all folders', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'docs/meltano.md', 'sandbox/README.md', ...PAGE_PATHS]));
});

test('the README has at most 130 lines', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(130);
});

test.each(PAGES.filter((path) => !path.startsWith('docs/reference/')))(
  '%s contains no stream count that can become outdated',
  (path) => {
    // Entries about past releases don't change, so they may contain counts.
    const current = textOf(path).replace(/^## \[0\.[^]*|^\| 0\..*/gm, '');
    expect(current.match(/\b(?:\d+|\w+teen|twenty(?:-\w+)?|thirty) (?:streams|reports)\b.*/gi) ?? []).toEqual([]);
  },
);

test.each(PAGES)('%s requires the same Node.js version as package.json', (path) => {
  const needed = manifest.engines.node.replace('>=', '');
  const named = [...textOf(path).matchAll(/Node\.js[^\S\n]+(\d[\d.]*\d) or later/g)].map(([, version]) => version);
  expect(named.filter((version) => version !== needed)).toEqual([]);
});

test.each(['docs/clients.md', 'integration_tests/clients/README.md'])(
  '%s lists the installed client versions',
  (path) => {
    const pins = globSync('test-support/requirements/*.txt').flatMap((file) => textOf(file).match(/(?<===)\S+/g) ?? []);
    const rows = textOf(path).match(/^\|.*/gm)?.join('\n') ?? '';
    const named = rows.match(/(?<= )\d+\.\d+(?:\.\d+)?\b/g) ?? [];
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((version) => !pins.includes(version))).toEqual([]);
  },
);

test('the pages quote the correct maximum share of STATE messages in the output', () => {
  const share = 1 / (RECORD_BYTES_PER_STATE_BYTE + 1);
  expect(share).toBe(1 / 5);
  for (const path of ['CHANGELOG.md', 'docs/decisions/0006-checkpoints-bounded-by-bytes.md']) {
    expect(textOf(path)).toContain('at most a fifth of');
  }
});

test.each(PAGE_PATHS)('the generated parts of %s match the output of `npm run docs`', (path) => {
  expect(textOf(path)).toBe(renderPage(path));
});

test.each(Object.entries(PICTURES))('%s matches the diagram that `npm run docs` draws', async (path, draw) => {
  expect(textOf(path)).toBe(await draw());
});

test('a reference to an unknown stream or field causes an error', () => {
  const [platform] = DOCUMENTED;
  const lost = { ...platform!, references: { account_id: 'gone' }, ownReferences: { 'teams.gone': 'accounts' } };
  expect(() => relationsOf(lost)).toThrow('the entity diagram has unknown streams or fields: gone, teams.gone');
});

test.each(PAGES)('every link from %s to a file works', (path) => {
  const links = [...textOf(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
  const lost = links.filter((link) => !existsSync(new URL(link, pageUrl(path))));
  expect(lost).toEqual([]);
});

test.each(PAGES)('every link from %s to a heading works', (path) => {
  const links = [...textOf(path).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const lost = links.filter(([, page, anchor]) => {
    const text = page === '' ? textOf(path) : readFileSync(new URL(page ?? '', pageUrl(path)), 'utf8');
    return !headingsOf(text)
      .map(anchorOf)
      .includes(anchor ?? '');
  });
  expect(lost.map(([link]) => link)).toEqual([]);
});

test('every npm script that the pages mention exists', () => {
  const named = PAGES.flatMap((path) => [...textOf(path).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? ''));
  expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
});

test('the architecture page lists every layer and every folder of the core, and only existing files', () => {
  const map = textOf('ARCHITECTURE.md');
  const folders = globSync(['src/*/', 'src/core/*/'])
    .map((path) => relative('src', path))
    .filter((folder) => folder !== 'core');
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((folder) => !map.includes(`\`${folder}/\``))).toEqual([]);
  const files = [...map.matchAll(/`([a-z][\w/-]*\/[\w-]+\.ts)`/g)].map(([, path = '']) => path);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((path) => !existsSync(join('src', path)) && !existsSync(path))).toEqual([]);
});

test.each(DOCUMENTED)('$page has the headings of an Airbyte connector page in the usual order', ({ page, title }) => {
  const headings = headingsOf(textOf(page));
  const wanted = [
    title,
    'Prerequisites',
    'Setup guide',
    `Step 1: Set up ${title}`,
    `Step 2: Set up the ${title} connector in Airbyte`,
    'For Airbyte Cloud:',
    'For Airbyte Open Source:',
    'Supported sync modes',
    'Supported Streams',
    'Performance considerations',
    'Data type map',
    'Limitations & Troubleshooting',
    'IP allow list',
    'Changelog',
  ];
  expect(headings.filter((heading) => wanted.includes(heading))).toEqual(wanted);
});

test('every platform has a page whose prerequisites list the titles of all required options', () => {
  for (const { required, properties } of spec.connectionSpecification.properties.platform.oneOf) {
    const page = DOCUMENTED.find(({ name }) => name === properties.name.const)?.page ?? '';
    const [, prerequisites = ''] = /^## Prerequisites\n([\s\S]*?)^## /m.exec(textOf(page)) ?? [];
    const titles = required.map((name) => (properties as Record<string, { title?: string }>)[name]?.title);
    for (const title of titles.filter((each) => each !== undefined)) expect(prerequisites).toContain(title);
  }
});

test.each(['CHANGELOG.md', ...DOCUMENTED.map(({ page }) => page)])('%s mentions the current release', (path) => {
  expect(textOf(path)).toMatch(new RegExp(`^(## \\[${VERSION}\\]|\\| ${VERSION} +\\|)`, 'm'));
});

test('a marker without text and a text without a marker cause errors', () => {
  const page = 'before\n<!-- generated: one -->\nold\n<!-- /generated -->\nafter';
  expect(fillMarkers(page, { one: 'new $& text' })).toContain('\nnew $& text\n');
  expect(fillMarkers(fillMarkers(page, { one: 'x' }), { one: 'y' })).toBe(fillMarkers(page, { one: 'y' }));
  expect(() => fillMarkers(page, {})).toThrow('nothing generates the section one');
  expect(() => fillMarkers(page, { one: '', two: '' })).toThrow('the page has no marker for two');
});

test('vertical bars and line breaks in a cell do not break the table', () => {
  expect(table(['a'], [['b|c\nd']])).toBe('| a |\n| --- |\n| b\\|c d |');
});
