import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AcceptanceRun, startAcceptanceRun } from './acceptance-run.ts';
import { discoveredWith } from './checks-discovery.ts';
import { checks, runCheck } from './checks.ts';
import { recordsOf } from './command-run.ts';
import { incrementalOf } from './checks-repeated-reads.ts';
import { loadAcceptanceConfig } from './config.ts';
import type { ConfiguredCatalog, DiscoveredStream } from './messages.ts';
import { violationsOf } from './referee.ts';

const root = new URL('../../', import.meta.url);
const program = fileURLToPath(new URL('dist/source-compose.js', root));
const sampleConfig = 'integration_tests/sample_config.json';
const sampleCatalog = 'integration_tests/configured_catalog.json';

let context: AcceptanceRun;

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('dist/source-compose.js is missing: run `npm run build` first.');
  const { acceptance_tests: tests } = await loadAcceptanceConfig(root);
  context = await startAcceptanceRun(root, tests, { command: `'${process.execPath}' '${program}'` });
});

afterAll(async () => context?.close());

// `npx vitest run integration_tests/acceptance -u` writes the file again.
test('the configured catalog has every stream as discover describes it', async () => {
  const { streams } = await discoveredWith(context, sampleConfig);
  const catalog = await format(JSON.stringify({ streams: streams.map(configured) }), {
    parser: 'json',
    printWidth: 120,
  });
  await expect(catalog).toMatchFileSnapshot(fileURLToPath(new URL(sampleCatalog, root)));
});

test('a read goes on from the sample state', async () => {
  const [config, catalog, state] = await Promise.all(
    [sampleConfig, sampleCatalog, 'integration_tests/sample_state.json'].map(async (path) => context.file(path)),
  );
  const streams = incrementalOf(catalog as ConfiguredCatalog);
  const [all, rest] = [
    await context.run('read', { config, catalog: streams }),
    await context.run('read', { config, catalog: streams, state }),
  ];
  expect(violationsOf(rest)).toEqual([]);
  for (const { stream } of streams.streams) {
    const count = recordsOf(rest, stream.name).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(recordsOf(all, stream.name).length);
  }
});

test.each([...checks])('$number: $sentence', async (check) => {
  const { passed, violations } = await runCheck(check, context);
  // A warning is for people to read in the runner's output.
  if (!passed) expect(violations).toEqual([]);
});

function configured(stream: DiscoveredStream): object {
  const { default_cursor_field: cursor, source_defined_primary_key: key } = stream;
  return {
    stream,
    sync_mode: stream.supported_sync_modes.at(-1),
    destination_sync_mode: key ? 'append_dedup' : 'overwrite',
    ...(cursor && { cursor_field: cursor }),
    ...(key && { primary_key: key }),
  };
}
