import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { type ProgramName, programPath, startConnector } from '../test-support/connector.ts';
import { type Finished, run } from '../test-support/processes.ts';
import { contentsOf, keysRead, messagesOf } from '../test-support/transcript.ts';
import type { Workspace } from '../test-support/workspace.ts';
import { sandboxed } from './reads.ts';

/** Runs a program in a shell that redirects stdout. */
function shell(script: string, args: string[], program?: ProgramName): Promise<Finished> {
  return run('bash', ['-c', script, 'bash', process.execPath, programPath(program), ...args]);
}

const configOf = (workspace: Workspace, sandbox: { token: string; baseUrl: string }): string =>
  workspace.file('config.json', { api_token: sandbox.token, base_url: sandbox.baseUrl });

describe('unwritable stdout', () => {
  it.each(['spec', 'discover', 'read', '--help'])(
    '%s exits with 1 and reports the reason if stdout is a full device',
    async (command) => {
      await sandboxed({ auditEvents: 30 }, async ({ sandbox, workspace }) => {
        const args = [command];
        if (command === 'discover' || command === 'read') args.push('--config', configOf(workspace, sandbox));
        if (command === 'read') args.push('--catalog', workspace.file('catalog.json', catalogOf('full_refresh')));
        const { exitCode, stderr } = await shell('exec "$@" >/dev/full', args);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/^source-compose: cannot write to stdout \(ENOSPC: .*\)\. .*rerun the command.*\n$/);
      });
    },
  );

  it.each<[ProgramName, string[]]>([
    ['source-compose', ['read']],
    ['source-compose', ['verify']],
    ['tap-compose', []],
  ])('%s %j exits with 1 without sending a request if stdout is closed', async (program, args) => {
    await sandboxed({ auditEvents: 30 }, async ({ sandbox, workspace }) => {
      const config = workspace.file('config.json', {
        platform: { name: 'compose', api_token: sandbox.token, base_url: sandbox.baseUrl },
      });
      const catalog = workspace.file('catalog.json', catalogOf('full_refresh'));
      const command = [...args, '--config', config, ...(args[0] === 'read' ? ['--catalog', catalog] : [])];
      const { exitCode, stderr } = await shell('exec "$@" >&-', command, program);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`${program}: cannot write to stdout (it is closed, `);
      expect(sandbox.requests).toEqual([]);
    });
  });

  it.each(['>/dev/null', '1<>/dev/null'])(
    '--version and spec succeed if their output is discarded with %s',
    async (redirection) => {
      expect(await shell(`exec "$@" ${redirection}`, ['--version'])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await shell(`exec "$@" ${redirection}`, ['spec'])).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  it('a file that cannot grow contains no state that covers missing records', async () => {
    await sandboxed({ auditEvents: 2_000 }, async ({ sandbox, workspace, read }) => {
      const file = join(workspace.folder, 'out.jsonl');
      const catalog = catalogOf('incremental', ['audit_events']);
      const catalogFile = workspace.file('catalog.json', catalog);
      const args = ['read', '--config', configOf(workspace, sandbox), '--catalog', catalogFile];
      // The limit of 150 blocks of 1,024 bytes is less than half of the output.
      const { exitCode } = await shell(`ulimit -f 150; exec "$@" >${file}`, args);
      expect(exitCode).toBe(1);
      const output = readFileSync(file, 'utf8');
      const first = contentsOf(messagesOf(output.slice(0, output.lastIndexOf('\n') + 1)));
      expect(first.states).toHaveLength(1);

      const rest = await read({ catalog, state: output });
      expect(rest.exitCode).toBe(0);
      const keys = new Set([...keysRead(first, 'audit_events'), ...keysRead(rest, 'audit_events')]);
      expect(keys).toEqual(new Set(sandbox.keys('audit_events')));
    });
  });

  it('a program exits with 1 and without a message if its reader exits before the program writes its only output', async () => {
    await sandboxed({}, async ({ sandbox, workspace }) => {
      const args = ['discover', '--config', configOf(workspace, sandbox)];
      const { child, finished } = startConnector(args, { stdout: 'leave' });
      child.stdout?.destroy();
      expect(await finished).toMatchObject({ exitCode: 1, stderr: '' });
    });
  });
});
