import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import spec from '../spec.json' with { type: 'json' };
import { ROOT } from '../test-support/connector.ts';
import { blocksOf, pageOf } from '../test-support/pages.ts';

// Tests must run every block of commands or code on a page as written, or this file must say why that isn't possible. The tests fail
// until every new block has an entry.

const README = 'integration_tests/install/readme.test.ts';
const COMMANDS = 'integration_tests/page-commands.test.ts';
const SANDBOX = 'integration_tests/page-sandboxes.test.ts';
const EXAMPLES = 'integration_tests/examples/page.ts';
const PYTHON = 'integration_tests/clients/python-clients.ts';
const MELTANO = 'integration_tests/examples/meltano-page.test.ts';
const PACKAGE = 'integration_tests/clients/meltano-project.ts';
const CONTAINER = 'integration_tests/container/pages.test.ts';
const QUERIES = 'integration_tests/dbt/package.test.ts';

const DEVELOPMENT = 'is how this test is run';

/** For each page, the test that runs the matching blocks, or the reason why no test can run them. */
const BLOCKS: ReadonlyArray<[page: string, how: string, words: RegExp]> = [
  ['CONTRIBUTING.md', DEVELOPMENT, /^npm ci\n/],
  ['README.md', README, /^git clone|^node dist/],
  ['README.md', COMMANDS, /^mkdir/],
  [
    'dbt/README.md',
    "is run with the test's paths and profile, in integration_tests/dbt",
    /^(packages:|vars:|dbt|import functools|psql)/,
  ],
  ['docs/command-line.md', COMMANDS, /^(mkdir|source-compose (read|discover)|grep) /],
  ['docs/command-line.md', SANDBOX, /^npm run sandbox/],
  ['docs/meltano.md', MELTANO, /^(git clone|tap-compose --config|loaders:|delete from)/],
  ['docs/meltano.md', MELTANO, /^meltano (init|config.* ibm_cloud|install|run|select|state get)/],
  ['docs/meltano.md', PACKAGE, /^(export UV_FIND_LINKS|meltano config.* compose$)/m],
  ['docs/meltano.md', 'needs a project with tap-airbyte-wrapper', /tap-airbyte|^drop table/],
  ['docs/meltano.md', 'needs an image registry', /^FROM meltano/],
  ['docs/running.md', README, /^(pip install dist-wheel|npm pack)/],
  ['docs/running.md', CONTAINER, /^(docker build -t source-compose \.|#!\/bin\/sh|jq|FROM source-compose)/],
  ['docs/running.md', PYTHON, /^import os/],
  [
    'docs/running.md',
    'needs a registry, a cluster or a proxy',
    /registry\.|kind load|docker-image:|^kubectl|^apiVersion|PROXY/,
  ],
  [
    'docs/running.md',
    'needs Dagster, Airflow, cron, or the latest PyAirbyte',
    /^(import dagster|from airflow|# Every|pip install airbyte)/,
  ],
  ['docs/sources/ibm-cloud-limits.md', COMMANDS, /^source-compose verify/],
  ['docs/sources/ibm-cloud-queries.md', QUERIES, /^(create view|select|set search_path)/],
  ['docs/sources/ibm-cloud-queries.md', 'is run with other schemas, in integration_tests/dbt', /^psql/],
  ['docs/sources/ibm-cloud-streams.md', "needs IBM's command line", /^ibmcloud/],
  ['docs/sources/ibm-cloud.md', "needs IBM's command line", /ibmcloud|ibm-key\.json/],
  ['docs/sources/ibm-cloud.md', COMMANDS, /^npm ci/],
  ['docs/sources/ibm-cloud.md', CONTAINER, /^(source-compose check|jq|docker build)/],
  ['docs/sources/ibm-cloud.md', SANDBOX, /^npm run sandbox/],
  ['examples/README.md', EXAMPLES, /^(npm ci|npm run sandbox.* --port 8322|cp \.env|docker compose down)/],
  ['examples/README.md', SANDBOX, /^npm run sandbox.* --config/],
  ['examples/README.md', 'needs an IBM Cloud account', /YOUR KEY/],
  ['integration_tests/airbyte/README.md', 'shows how tests call the referee', /^const transcript/],
  ['integration_tests/clients/README.md', DEVELOPMENT, /^npm run test:clients/],
  ['python/README.md', 'needs a published release', /^pip install source-compose/],
  ['sandbox/README.md', SANDBOX, /^npm run sandbox|^import/],
  ['sandbox/faults/README.md', SANDBOX, /^npm run sandbox/],
  ['sandbox/ibm-cloud/README.md', SANDBOX, /^npm run sandbox|^const sandbox/],
];

/** The pages whose blocks are tested. API references contain only responses, and decisions describe the past. */
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: ['**/node_modules', '**/.*', 'docs/reference', 'docs/decisions'],
});

test.each(PAGES)('every command and code block in %s has a test, or a reason for its absence', (page) => {
  const code = blocksOf(pageOf(page)).filter(({ language }) => !['', 'json', 'text'].includes(language));
  const entries = BLOCKS.filter(([of]) => of === page);
  const unlisted = code.filter(({ text }) => !entries.some(([, , words]) => words.test(text)));
  expect(unlisted.map(({ text }) => text.split('\n')[0])).toEqual([]);
  expect(entries.filter(([, , words]) => !code.some(({ text }) => words.test(text)))).toEqual([]);
});

test.each(BLOCKS.filter(([, how]) => how.endsWith('.ts')))('the blocks of %s are run by %s', (page, file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  expect(text.includes(`'${page}'`) || text.includes(`'${page.split('/').at(-1)}'`)).toBe(true);
});

test.each(PAGES)('every JSON block in %s is valid, and every config matches the specification', (page) => {
  const blocks = blocksOf(pageOf(page)).filter(({ language }) => language === 'json');
  const isConfig = new Ajv({ strict: false, validateFormats: false }).compile(spec.connectionSpecification);
  for (const { text } of blocks) {
    const value = JSON.parse(text) as object;
    const config = 'platform' in value ? value : 'name' in value ? { platform: value } : undefined;
    if (config !== undefined) expect([isConfig(config), text]).toEqual([true, text]);
  }
});
