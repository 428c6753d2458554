import { describe, expect, it } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { runConnector, startConnector } from '../test-support/connector.ts';
import { STALLED, onFirstRequest, tellingOfStall } from '../test-support/planted-code.ts';
import { contentsOf, messagesOf } from '../test-support/transcript.ts';
import { readArguments, sandboxed } from './reads.ts';

describe('SIGTERM', () => {
  it.each([
    ['in the middle of a request', { faults: [{ path: 'teams', kind: 'hang' }] as const }],
    [
      'while it waits for another attempt',
      { faults: [{ path: 'teams', kind: 'status', status: 503, retryAfter: 300 }] as const },
    ],
    [
      'while the rate limit holds it',
      { faults: [{ path: 'teams', kind: 'status', status: 429, retryAfter: 300 }] as const },
    ],
  ])('%s ends it by that signal, with its streams INCOMPLETE and nothing on stderr', async (_, options) => {
    await sandboxed({ auditEvents: 30, ...options }, async ({ sandbox, read }) => {
      const result = await read({
        catalog: catalogOf('incremental', ['teams', 'audit_events']),
        run: {
          onLine(line, kill) {
            // The other stream has come to its end, or the wait has been told of: now it hangs.
            const hangs = line.includes('"audit_events"') && line.includes('COMPLETE');
            if (hangs || line.includes('retrying in')) kill('SIGTERM');
          },
        },
      });
      expect(result.signal).toBe('SIGTERM');
      expect(result.stderr).toBe('');
      expect(result.errors).toEqual([]);
      expect(result.stdout).toContain('"stream_descriptor":{"name":"teams"},"status":"INCOMPLETE"');
      expect(sandbox.stats().inFlight).toBe(0);
    });
  });
});

describe('a reader that goes away', () => {
  it('ends the read quietly', async () => {
    await sandboxed({ auditEvents: 20_000 }, async ({ sandbox, workspace }) => {
      const config = { api_token: sandbox.token, base_url: sandbox.baseUrl };
      const args = readArguments(workspace, config, catalogOf('incremental', ['audit_events']));
      const { child, finished } = startConnector(args, { stdout: 'leave' });
      await new Promise((done) => child.stdout?.once('data', done));
      child.stdout?.destroy();
      expect(await finished).toMatchObject({ exitCode: 1, signal: null, stderr: '' });
      expect(sandbox.stats().requests).toBeLessThan(400);
    });
  });
});

describe('a reader that stalls', () => {
  it('stops the asking, so that nothing piles up, and gets everything when it goes on', async () => {
    await sandboxed(
      { auditEvents: 500, deployments: 200, recipes: 12, latencyMs: 1 },
      async ({ sandbox, workspace }) => {
        const config = { api_token: sandbox.token, base_url: sandbox.baseUrl, num_workers: 16 };
        const args = readArguments(workspace, config, catalogOf('full_refresh'));
        const { child, finished } = startConnector(args, {
          stdout: 'leave',
          env: { NODE_OPTIONS: tellingOfStall() },
        });
        await new Promise((done) => child.stderr?.once('data', done));
        const { requests } = sandbox.stats();
        // A pipe and the stream's buffer hold about 80 KB; then each of 16 workers holds one page.
        expect(requests).toBeGreaterThan(16);
        expect(requests).toBeLessThan(300);
        let text = '';
        child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        expect(await finished).toMatchObject({ exitCode: 0, stderr: STALLED });
        const { records } = contentsOf(messagesOf(text));
        expect([...records.values()].flat()).toHaveLength(
          Object.values(sandbox.counts()).reduce((sum, count) => sum + count, 0),
        );
      },
    );
  });
});

describe('a bug that nobody caught', () => {
  it.each([
    ['an exception', 'setImmediate(() => { throw new Error("boom tok-abcdef"); });'],
    ['a rejection', 'void Promise.reject(new Error("boom tok-abcdef"));'],
  ])('%s is a LOG FATAL, a TRACE system_error without the token, and exit 1', async (_, code) => {
    await sandboxed({ token: 'tok-abcdef', faults: [{ path: '**', kind: 'hang' }] }, async ({ sandbox, workspace }) => {
      const config = workspace.file('config.json', { api_token: 'tok-abcdef', base_url: sandbox.baseUrl });
      const result = await runConnector(['check', '--config', config], {
        env: { NODE_OPTIONS: onFirstRequest(code) },
      });
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toBe('');
      const lines = messagesOf(result.stdout);
      expect(lines.map(({ type }) => type)).toEqual(['LOG', 'LOG', 'TRACE']);
      expect(lines[1]).toMatchObject({ log: { level: 'FATAL', message: 'Error: boom ****' } });
      expect(lines[2]).toMatchObject({ trace: { type: 'ERROR', error: { failure_type: 'system_error' } } });
      expect(result.stdout).not.toContain('tok-abcdef');
    });
  });
});
