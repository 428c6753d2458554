import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import spec from '../spec.json' with { type: 'json' };
import { ROOT } from '../test-support/connector.ts';
import { blocksOf, pageOf } from '../test-support/pages.ts';

// Every block of commands or code on a page: by which test it is run as written, or why it can't be run. A block is listed by
// its first words. A new block has no entry and fails here.

const README = 'integration_tests/install/readme.test.ts';
const COMMANDS = 'integration_tests/page-commands.test.ts';
const SANDBOX = 'integration_tests/page-sandboxes.test.ts';
const EXAMPLES = 'integration_tests/examples/page.ts';
const PYTHON = 'integration_tests/examples/pyairbyte.test.ts';
const MELTANO = 'integration_tests/examples/meltano-page.test.ts';
const CONTAINER = 'integration_tests/container/pages.test.ts';
const QUERIES = 'integration_tests/clients/example-queries.ts';

const IBM = 'needs an account at IBM Cloud';
const DEVELOPMENT = 'is how this test is run';

/** Why blocks with these words can't be run, on any page. */
const REASONS: ReadonlyArray<[RegExp, string]> = [
  [/^(ibmcloud |for service in)|ibmcloud iam|ibm-key\.json/m, "needs IBM's command line, and an account"],
  [/^kubectl|^apiVersion|registry\.example|kind load|FROM meltano|docker-image:/m, 'needs a registry or a cluster'],
  [/tap-airbyte|drop table/, 'needs a project with tap-airbyte-wrapper'],
];

const BLOCKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'CONTRIBUTING.md': { 'npm ci': DEVELOPMENT },
  'README.md': { 'git clone': README, 'node dist': README, mkdir: COMMANDS },
  'docs/command-line.md': {
    mkdir: COMMANDS,
    'npm run sandbox': SANDBOX,
    'source-compose read': COMMANDS,
    'source-compose discover': COMMANDS,
    grep: COMMANDS,
  },
  'docs/meltano.md': {
    'git clone': MELTANO,
    'meltano init': MELTANO,
    'meltano config set tap-compose platform.name ibm_cloud': MELTANO,
    'meltano config set tap-compose platform.name compose': MELTANO,
    'loaders:': MELTANO,
    'meltano install': MELTANO,
    'meltano run': MELTANO,
    'export UV_FIND_LINKS': MELTANO,
    'meltano select': MELTANO,
    'meltano state get': MELTANO,
    'delete from': MELTANO,
    'tap-compose --config': MELTANO,
  },
  'docs/running.md': {
    'pip install dist-wheel': README,
    'npm pack': README,
    'docker build -t source-compose .': CONTAINER,
    'pip install airbyte': 'tests install a pinned version',
    'import os': PYTHON,
    'import dagster': 'needs Dagster',
    'from airflow': 'needs Airflow',
    '#!/bin/sh': CONTAINER,
    '# Every hour': 'needs cron',
    "jq -c 'select": CONTAINER,
    'jq -sc': CONTAINER,
    'docker run --rm -e HTTPS_PROXY': 'needs a proxy',
    'FROM source-compose:0.1.0': CONTAINER,
  },
  'docs/sources/ibm-cloud-limits.md': { 'source-compose verify': COMMANDS },
  'docs/sources/ibm-cloud-queries.md': {
    'select\n': QUERIES,
    'select d.name, d.type, d.version': QUERIES,
    'select d.name, d.type, d.generation': QUERIES,
    'select\n  r.name': QUERIES,
  },
  'docs/sources/ibm-cloud.md': {
    'source-compose check': CONTAINER,
    'npm ci': COMMANDS,
    'jq -r': CONTAINER,
    'docker build': CONTAINER,
    'npm run sandbox': SANDBOX,
  },
  'examples/README.md': {
    'npm ci': EXAMPLES,
    'npm run sandbox -- --platform ibm_cloud --port 8322': EXAMPLES,
    'npm run sandbox -- --platform ibm_cloud --port 8323': PYTHON,
    'rm -rf': PYTHON,
    'cp .env.example': EXAMPLES,
    'docker compose down': EXAMPLES,
    "echo 'IBM_CLOUD_API_KEY": IBM,
    "IBM_CLOUD_API_KEY='YOUR KEY'": IBM,
    "echo 'TAP_COMPOSE_PLATFORM": IBM,
  },
  'integration_tests/airbyte/README.md': { 'const transcript': 'shows how tests call the referee' },
  'integration_tests/clients/README.md': { 'npm run test:clients': DEVELOPMENT },
  'python/README.md': { 'pip install source-compose': 'needs a published release' },
  'sandbox/README.md': {
    'npm run sandbox -- --platform': SANDBOX,
    'npm run sandbox -- --help': SANDBOX,
    import: SANDBOX,
  },
  'sandbox/faults/README.md': { 'npm run sandbox': SANDBOX },
  'sandbox/ibm-cloud/README.md': { 'npm run sandbox': SANDBOX, 'const sandbox': SANDBOX },
};

/** JSON is checked below; texts are shown. The references show what APIs send, and decisions are about the past. */
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: ['**/node_modules', '**/.*', 'docs/reference', 'docs/decisions'],
});

test.each(PAGES)('every command and code block of %s is run, or there is a reason', (page) => {
  const code = blocksOf(pageOf(page)).filter(({ language }) => !['', 'json', 'text'].includes(language));
  const blocks = code.filter(({ text }) => !REASONS.some(([words]) => words.test(text)));
  const listed = Object.keys(BLOCKS[page] ?? {});
  const matches = blocks.map(({ text }) => listed.filter((start) => text.startsWith(start)).length > 0);
  expect(blocks.filter((_, i) => !matches[i]).map(({ text }) => text.split('\n')[0])).toEqual([]);
  expect(listed.filter((start) => !blocks.some(({ text }) => text.startsWith(start)))).toEqual([]);
});

test('every test that is said to run a block takes it from the page', () => {
  const claims = Object.entries(BLOCKS).flatMap(([page, blocks]) =>
    [...new Set(Object.values(blocks))].filter((how) => how.endsWith('.ts')).map((file) => ({ page, file })),
  );
  const untrue = claims.filter(({ page, file }) => {
    const path = join(ROOT, file);
    const names = [page, page.split('/').slice(-1)[0] ?? page];
    return !existsSync(path) || !names.some((name) => readFileSync(path, 'utf8').includes(`'${name}'`));
  });
  expect(untrue).toEqual([]);
});

test.each(PAGES)('every JSON block of %s is valid, and so is every config', (page) => {
  const blocks = blocksOf(pageOf(page)).filter(({ language }) => language === 'json');
  const isConfig = new Ajv({ strict: false, validateFormats: false }).compile(spec.connectionSpecification);
  for (const { text } of blocks) {
    const value = JSON.parse(text) as object;
    const config = 'platform' in value ? value : 'name' in value ? { platform: value } : undefined;
    if (config !== undefined) expect([isConfig(config), text]).toEqual([true, text]);
  }
});
