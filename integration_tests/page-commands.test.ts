import { readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IbmCloudSandbox, startSandbox } from '../sandbox/server.ts';
import { ROOT } from '../test-support/connector.ts';
import { outputOf } from '../test-support/processes.ts';
import { contentsOf, messagesOf } from '../test-support/transcript.ts';
import { Workspace } from '../test-support/workspace.ts';

// Commands of the pages, run as written, with the sandbox's config.

const README = pageOf('README.md');

let sandbox: IbmCloudSandbox;
/** A folder like a checkout, with the built program also on the PATH. */
let checkout: Workspace;

beforeAll(async () => {
  sandbox = await startSandbox({ platform: 'ibm_cloud' });
  checkout = new Workspace();
  // Without audit events, whose queries are limited to ten a minute.
  const platform = { ...(sandbox.config['platform'] as object), logs_instances: [] };
  checkout.put('secrets/config.json', { platform });
  symlinkSync(join(ROOT, 'dist'), join(checkout.folder, 'dist'));
  symlinkSync(join(ROOT, 'dist', 'source-compose.js'), join(checkout.folder, 'source-compose'));
});
afterAll(async () => {
  await sandbox.close();
  checkout.remove();
});

test('the README’s commands print the deployments that the README shows', async () => {
  const commands = commandsIn(README, 'Read your first records').find((block) => block.includes(' read '));
  const records = recordsIn(await bash(commands ?? '')).get('deployments') ?? [];
  expect(records.length).toBe(sandbox.counts().deployments);

  const rows = README.slice(README.indexOf('| `name`')).split('\n\n')[0]?.split('\n').map(cellsOf) ?? [];
  const [fields = [], , ...shown] = rows;
  expect(shown.length).toBeGreaterThan(0);
  for (const cells of shown) {
    expect(records).toContainEqual(
      expect.objectContaining(Object.fromEntries(fields.map((name, i) => [name, cells[i]]))),
    );
  }
});

test('the commands of docs/command-line.md select streams and resume a read', async () => {
  const page = pageOf('docs/command-line.md');
  const [byName = '', byCatalog = '', ...others] = commandsIn(page, 'Select streams');
  expect(others).toEqual([]);
  const [first = ''] = byName.split('\n');
  expect([...recordsIn(await bash(first)).keys()].toSorted()).toEqual(['deployments', 'deployments_backups']);

  const { audit_events: _none, ...counts } = sandbox.counts();
  const all = Object.keys(counts).toSorted();
  await bash(byName);
  expect([...recordsIn(fileOf('secrets/records.jsonl')).keys()].toSorted()).toEqual(all);
  await bash(byCatalog);
  expect([...recordsIn(fileOf('secrets/records.jsonl')).keys()].toSorted()).toEqual(all);

  for (const block of commandsIn(page, 'Resume a read')) await bash(block);
  const resumed = recordsIn(fileOf('secrets/more.jsonl'));
  expect(resumed.get('deployments')?.length).toBe(sandbox.counts().deployments);
  expect(resumed.get('deployments_backups')?.length).toBeLessThan(sandbox.counts().deployments_backups);
});

function pageOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function fileOf(path: string): string {
  return readFileSync(join(checkout.folder, path), 'utf8');
}

/** The blocks of commands in a section of a page. */
function commandsIn(page: string, section: string): string[] {
  const [text = ''] = page.split(`\n## ${section}\n`)[1]?.split('\n## ') ?? [];
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
}

function cellsOf(row: string): string[] {
  const cells = row.split('|').slice(1, -1);
  return cells.map((cell) => cell.replaceAll('`', '').trim());
}

function recordsIn(printed: string): ReturnType<typeof contentsOf>['records'] {
  return contentsOf(messagesOf(printed)).records;
}

function bash(commands: string): Promise<string> {
  const PATH = [checkout.folder, dirname(process.execPath), process.env['PATH']].join(delimiter);
  return outputOf('bash', ['-e', '-c', commands], { cwd: checkout.folder, env: { ...process.env, PATH } });
}
