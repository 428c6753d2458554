import { readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IbmCloudSandbox, startSandbox } from '../sandbox/server.ts';
import { clockAt } from '../test-support/clock.ts';
import { ROOT } from '../test-support/connector.ts';
import { blockOf, commandsIn, pageOf, sectionOf } from '../test-support/pages.ts';
import { outputOf } from '../test-support/processes.ts';
import { contentsOf, messagesOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';

// Runs commands from the pages as written, with the sandbox's config.

const README = pageOf('README.md');

/** The time on the clocks of the sandbox and the program. The README's table shows the costs of October 2026. */
const NOW = '2026-11-24T12:00:00Z';

let sandbox: IbmCloudSandbox;
/** A folder laid out like a checkout, with the built program on PATH. */
let checkout: Workspace;

beforeAll(async () => {
  sandbox = await startSandbox({ platform: 'ibm_cloud', now: NOW });
  checkout = new Workspace();
  // Omit audit events, because the API allows only ten queries a minute.
  const platform = { ...(sandbox.config['platform'] as object), logs_instances: [] };
  for (const name of ['sandbox', 'config']) checkout.put(`secrets/${name}.json`, { platform });
  symlinkSync(join(ROOT, 'dist'), join(checkout.folder, 'dist'));
  symlinkSync(join(ROOT, 'dist', 'source-compose.js'), join(checkout.folder, 'source-compose'));
});
afterAll(async () => {
  await sandbox.close();
  checkout.remove();
});

test("the README's tables show records that its command prints", async () => {
  const section = sectionOf(README, 'Try it without an account');
  const command = commandsIn(section).find((block) => block.includes(' read ')) ?? '';
  const deployments = recordsIn(await bash(command)).get('deployments') ?? [];
  expect(deployments.length).toBe(sandbox.counts().deployments);
  expectRows(section, '| `name`', deployments);

  const [selection = ''] = /--streams billables/.exec(section) ?? [];
  const costs = recordsIn(await bash(command.replace('--streams deployments', selection))).get('billables') ?? [];
  expect(costs.length).toBe(sandbox.counts().billables);
  expectRows(section, '| `month`', costs);
});

test("the README's account commands test a config and read all streams", async () => {
  const [block = ''] = commandsIn(sectionOf(README, 'Read your account'));
  const [mkdir = '', echo = '', ...others] = block.trim().split('\n');
  const config = fileOf('secrets/config.json');
  await bash(`${mkdir}\n${echo}`);
  expect(JSON.parse(fileOf('secrets/config.json'))).toEqual({ platform: { name: 'ibm_cloud', api_key: 'YOUR KEY' } });
  checkout.put('secrets/config.json', config);
  expect(await bash(others.join('\n'))).toContain('"status":"SUCCEEDED"');
  expect(recordsIn(fileOf('secrets/records.jsonl')).get('deployments')?.length).toBe(sandbox.counts().deployments);
});

test('the command-line steps for IBM Cloud test a config and read all streams', async () => {
  const [block = ''] = commandsIn(sectionOf(pageOf('docs/sources/ibm-cloud.md'), 'By hand'));
  const [build, ...others] = block.trim().split('\n');
  // Skip `npm ci`, because it would delete the packages that this process uses.
  expect(build).toBe('npm ci && npm run build');
  expect(await bash(others.join('\n'))).toContain('"status":"SUCCEEDED"');
  expect(recordsIn(fileOf('secrets/records.jsonl')).get('deployments')?.length).toBe(sandbox.counts().deployments);
});

test('the command in docs/sources/ibm-cloud-limits.md writes a report', async () => {
  await bash(blockOf(pageOf('docs/sources/ibm-cloud-limits.md'), 'source-compose verify'));
  expect(fileOf('report.md')).toContain('deployments_backups');
});

test('the commands in docs/command-line.md create a folder, select streams and resume a read', async () => {
  const page = pageOf('docs/command-line.md');
  await bash(commandsIn(sectionOf(page, 'The config'))[0] ?? '');
  const [byName = '', byCatalog = '', ...others] = commandsIn(sectionOf(page, 'Select streams'));
  expect(others).toEqual([]);
  const [first = ''] = byName.split('\n');
  expect([...recordsIn(await bash(first)).keys()].toSorted()).toEqual(['deployments', 'deployments_backups']);

  const { audit_events: _none, ...counts } = sandbox.counts();
  const all = Object.keys(counts).toSorted();
  await bash(byName);
  expect([...recordsIn(fileOf('secrets/records.jsonl')).keys()].toSorted()).toEqual(all);
  await bash(byCatalog);
  expect([...recordsIn(fileOf('secrets/records.jsonl')).keys()].toSorted()).toEqual(all);

  for (const block of commandsIn(sectionOf(page, 'Resume a read'))) await bash(block);
  const resumed = recordsIn(fileOf('secrets/more.jsonl'));
  expect(resumed.get('deployments')?.length).toBe(sandbox.counts().deployments);
  expect(resumed.get('deployments_backups')?.length).toBeLessThan(sandbox.counts().deployments_backups);
});

function fileOf(path: string): string {
  return readFileSync(join(checkout.folder, path), 'utf8');
}

/** Expects a record for each row of a table. The table begins with `start`, and its column headings are field names. */
function expectRows(section: string, start: string, records: readonly object[]): void {
  const table = section.slice(section.indexOf(start)).split('\n\n')[0] ?? '';
  const [fields = [], , ...rows] = table
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('`', '').trim()),
    );
  expect(rows.length).toBeGreaterThan(2);
  const shown = records.map((record) => fields.map((name) => String((record as Record<string, unknown>)[name])));
  for (const cells of rows) expect(shown).toContainEqual(cells);
}

function recordsIn(printed: string): ReturnType<typeof contentsOf>['records'] {
  return contentsOf(messagesOf(printed)).records;
}

function bash(commands: string): Promise<string> {
  const PATH = [checkout.folder, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH, NODE_OPTIONS: clockAt(Date.parse(NOW)) };
  return outputOf('bash', ['-e', '-c', commands], { cwd: checkout.folder, env });
}
