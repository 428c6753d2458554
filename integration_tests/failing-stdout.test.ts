import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROGRAM } from './run-connector.ts';
import { sandboxed } from './sandboxed.ts';
import { type Workspace, catalogOf } from './workspace.ts';

interface End {
  code: number | null;
  stderr: string;
}

/** Runs the program by a shell, which says where stdout goes. */
async function shell(script: string, args: string[]): Promise<End> {
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, PROGRAM, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, stderr };
}

const configOf = (workspace: Workspace, sandbox: { token: string; baseUrl: string }): string =>
  workspace.file('config.json', { api_token: sandbox.token, base_url: sandbox.baseUrl });

describe('stdout that cannot be written', () => {
  it.each(['spec', 'discover', 'read', '--help'])('%s to a device that is full: exit 1, and why', async (command) => {
    await sandboxed({ auditEvents: 30 }, async ({ sandbox, workspace }) => {
      const args = [command];
      if (command === 'discover' || command === 'read') args.push('--config', configOf(workspace, sandbox));
      if (command === 'read') args.push('--catalog', workspace.file('catalog.json', catalogOf('full_refresh')));
      const { code, stderr } = await shell('exec "$@" >/dev/full', args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^source-compose: stdout cannot be written \(ENOSPC: .*\)\. .*make room.*\n$/);
    });
  });

  it('a file that may not grow further holds no state of a record that did not get into it', async () => {
    await sandboxed({ auditEvents: 2_000 }, async ({ sandbox, workspace }) => {
      const file = join(workspace.folder, 'out.jsonl');
      const catalog = workspace.file('catalog.json', catalogOf('incremental', ['audit_events']));
      const args = ['read', '--config', configOf(workspace, sandbox), '--catalog', catalog];
      // Of 150 blocks of 1,024 bytes: less than half of the output.
      const { code } = await shell(`ulimit -f 150; exec "$@" >${file}`, args);
      expect(code).toBe(1);
      const lines = readFileSync(file, 'utf8').split('\n');
      const whole = lines.slice(0, -1).map((line) => JSON.parse(line) as { type: string; record?: { data: Event } });
      const state = [...whole].reverse().find(({ type }) => type === 'STATE');
      const first = whole.filter(({ type }) => type === 'RECORD').map(({ record }) => record?.data.id);
      expect(state).toBeDefined();

      const output = readFileSync(file, 'utf8');
      const rest = await workspace.read(
        { api_token: sandbox.token, base_url: sandbox.baseUrl },
        catalogOf('incremental', ['audit_events']),
        output,
      );
      expect(rest.exitCode).toBe(0);
      const read = new Set([...first, ...(rest.records.get('audit_events') ?? []).map(({ id }) => id)]);
      expect(read).toEqual(new Set(sandbox.keys('audit_events')));
    });
  });

  it('a reader that has gone before the only burst of output: exit 1, and silence', async () => {
    await sandboxed({}, async ({ sandbox, workspace }) => {
      const args = [PROGRAM, 'discover', '--config', configOf(workspace, sandbox)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const code = await new Promise<number | null>((done) => child.on('close', done));
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    });
  });
});

type Event = { id: string };
