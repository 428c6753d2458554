import { describe, expect, it } from 'vitest';
import { composeConfig } from '../../test-support/configs.ts';
import { startConnector } from '../../test-support/connector.ts';
import { onFirstRequest } from '../../test-support/planted-code.ts';
import { type Tapped, tapped } from './taps.ts';

/** The command line of a sync of everything. */
function syncArguments({ sandbox, workspace }: Tapped): string[] {
  const config = composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl });
  return ['--config', workspace.file('config.json', config)];
}

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
  ])('%s ends it by that signal, with a last STATE', async (_, options) => {
    await tapped({ auditEvents: 30, ...options }, async ({ sync, sandbox }) => {
      let known = 0;
      const synced = await sync({
        choices: { teams: {}, audit_events: {} },
        sent: 'SIGTERM',
        run: {
          onLine(line, kill) {
            // The events are through, or their records have come and the rate limit holds the rest.
            if (line.includes('"type":"RECORD"')) known += 1;
            if (known > 0 && line.includes('"type":"STATE"')) kill('SIGTERM');
          },
        },
      });
      expect(synced.signal).toBe('SIGTERM');
      expect(synced.violations).toEqual([]);
      expect(synced.stderr).not.toMatch(/^(?:ERROR|CRITICAL)/m);
      expect(sandbox.stats().inFlight).toBe(0);
    });
  });
});

describe('a reader', () => {
  it('that goes away ends the sync quietly', async () => {
    await tapped({ auditEvents: 20_000 }, async (given) => {
      const { child, finished } = startConnector(syncArguments(given), { program: 'tap-compose', stdout: 'leave' });
      await new Promise((done) => child.stdout?.once('data', done));
      child.stdout?.destroy();
      const { exitCode, signal, stderr } = await finished;
      expect({ exitCode, signal }).toEqual({ exitCode: 1, signal: null });
      expect(stderr).not.toMatch(/^(?:ERROR|CRITICAL)/m);
      expect(given.sandbox.stats().requests).toBeLessThan(400);
    });
  });

  it('that stalls does not keep a stopped tap alive, as meltano config test does', async () => {
    await tapped({ auditEvents: 20_000 }, async (given) => {
      const { child, finished } = startConnector(syncArguments(given), {
        program: 'tap-compose',
        stdout: 'leave',
      });
      await new Promise((done) => child.stdout?.once('readable', done));
      child.kill('SIGTERM');
      // Its end closes the pipe, which nobody has read.
      child.once('exit', () => child.stdout?.resume());
      expect(await finished).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    });
  });
});

describe('a bug that nobody caught', () => {
  it.each([
    ['an exception', 'setImmediate(() => { throw new Error("boom tok-abcdef"); });'],
    ['a rejection', 'void Promise.reject(new Error("boom tok-abcdef"));'],
  ])('%s is told on stderr without the token, and ends it with 1', async (_, code) => {
    await tapped({ token: 'tok-abcdef', faults: [{ path: '**', kind: 'hang' }] }, async (given) => {
      const running = startConnector(syncArguments(given), {
        program: 'tap-compose',
        env: { NODE_OPTIONS: onFirstRequest(code) },
      });
      const { exitCode, stderr, stdout } = await running.finished;
      expect(exitCode).toBe(1);
      expect(stderr).toContain('CRITICAL Error: boom ****\n');
      expect(stderr).toMatch(/CRITICAL The connector hit an unexpected error, probably a bug.*\n$/);
      expect(stderr + stdout).not.toContain('tok-abcdef');
    });
  });
});
