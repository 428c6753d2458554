import { describe, expect, it } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { composeConfig } from '../test-support/configs.ts';
import { type ProgramName, startConnector } from '../test-support/connector.ts';
import { STALLED, onFirstRequest, tellingOfStall } from '../test-support/planted-code.ts';
import { contentsOf, messagesOf } from '../test-support/transcript.ts';
import { type Sandboxed, readArguments, sandboxed } from './reads.ts';
import { tapped } from './singer/taps.ts';

const programs = ['source-compose', 'tap-compose'] as const;

/** The arguments for reading all streams. */
function everything(program: ProgramName, { sandbox, workspace }: Pick<Sandboxed, 'sandbox' | 'workspace'>): string[] {
  const config = { api_token: sandbox.token, base_url: sandbox.baseUrl, num_workers: 16 };
  if (program === 'source-compose') return readArguments(workspace, config, catalogOf('full_refresh'));
  return ['--config', workspace.file('config.json', composeConfig(config))];
}

describe('SIGTERM', () => {
  const waits = [
    ['during a request', { path: 'teams', kind: 'hang' }],
    ['during a wait for a retry', { path: 'teams', kind: 'status', status: 503, retryAfter: 300 }],
    ['during a wait for the rate limit', { path: 'teams', kind: 'status', status: 429, retryAfter: 300 }],
  ] as const;

  it.each(waits)('SIGTERM %s ends a read with that signal, INCOMPLETE streams and no error', async (_, fault) => {
    await sandboxed({ auditEvents: 30, faults: [fault] }, async ({ sandbox, read }) => {
      const result = await read({
        catalog: catalogOf('incremental', ['teams', 'audit_events']),
        run: {
          onLine(line, kill) {
            // Once audit_events is complete or the wait has been logged, the read is stuck at teams.
            const hangs = line.includes('"audit_events"') && line.includes('COMPLETE');
            if (hangs || line.includes('retrying in')) kill('SIGTERM');
          },
        },
      });
      expect(result).toMatchObject({ signal: 'SIGTERM', stderr: '', errors: [] });
      expect(result.stdout).toContain('"stream_descriptor":{"name":"teams"},"status":"INCOMPLETE"');
      expect(sandbox.stats().inFlight).toBe(0);
    });
  });

  it.each(waits)('SIGTERM %s ends a tap with that signal and a last STATE', async (_, fault) => {
    await tapped({ auditEvents: 30, faults: [fault] }, async ({ sync, sandbox }) => {
      let known = 0;
      const synced = await sync({
        choices: { teams: {}, audit_events: {} },
        sent: 'SIGTERM',
        run: {
          onLine(line, kill) {
            // At the first STATE after a RECORD, either all events have been read, or the rate limit delays the remaining pages.
            if (line.includes('"type":"RECORD"')) known += 1;
            if (known > 0 && line.includes('"type":"STATE"')) kill('SIGTERM');
          },
        },
      });
      expect(synced).toMatchObject({ signal: 'SIGTERM', violations: [] });
      expect(synced.stderr).not.toMatch(/^(?:ERROR|CRITICAL)/m);
      expect(sandbox.stats().inFlight).toBe(0);
    });
  });
});

describe('a reader of stdout', () => {
  it.each(programs)('%s exits quietly if its reader exits', async (program) => {
    await sandboxed({ auditEvents: 20_000 }, async (given) => {
      const { child, finished } = startConnector(everything(program, given), { program, stdout: 'leave' });
      await new Promise((done) => child.stdout?.once('data', done));
      child.stdout?.destroy();
      const { exitCode, signal, stderr } = await finished;
      expect({ exitCode, signal }).toEqual({ exitCode: 1, signal: null });
      expect(stderr).not.toMatch(/^(?!INFO )./m);
      expect(given.sandbox.stats().requests).toBeLessThan(400);
    });
  });

  it('if the reader stalls, requests stop, and the reader receives everything once it resumes', async () => {
    await sandboxed({ auditEvents: 500, deployments: 200, recipes: 12, latencyMs: 1 }, async (given) => {
      const { sandbox } = given;
      const { child, finished } = startConnector(everything('source-compose', given), {
        stdout: 'leave',
        env: { NODE_OPTIONS: tellingOfStall() },
      });
      await new Promise((done) => child.stderr?.once('data', done));
      const { requests } = sandbox.stats();
      // The pipe and the buffer of stdout hold about 80 KB, and each of the 16 workers holds one more page.
      expect(requests).toBeGreaterThan(16);
      expect(requests).toBeLessThan(300);
      let text = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      expect(await finished).toMatchObject({ exitCode: 0, stderr: STALLED });
      const { records } = contentsOf(messagesOf(text));
      const total = Object.values(sandbox.counts()).reduce((sum, count) => sum + count, 0);
      expect([...records.values()].flat()).toHaveLength(total);
    });
  });

  it('a stalled reader, as under meltano config test, does not keep a stopped tap alive', async () => {
    const program = 'tap-compose';
    await sandboxed({ auditEvents: 20_000 }, async (given) => {
      const { child, finished } = startConnector(everything(program, given), { program, stdout: 'leave' });
      await new Promise((done) => child.stdout?.once('readable', done));
      child.kill('SIGTERM');
      // Discard the unread output, because Node.js emits `close` only after the end of stdout.
      child.once('exit', () => child.stdout?.resume());
      expect(await finished).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    });
  });
});

describe.each(programs)('an unexpected error in %s', (program) => {
  it.each([
    ['an uncaught exception', 'setImmediate(() => { throw new Error("boom tok-abcdef"); });'],
    ['an unhandled rejection', 'void Promise.reject(new Error("boom tok-abcdef"));'],
  ])('%s is reported last, without the token, and the exit code is 1', async (_, code) => {
    await sandboxed({ token: 'tok-abcdef', faults: [{ path: '**', kind: 'hang' }] }, async (given) => {
      const env = { NODE_OPTIONS: onFirstRequest(code) };
      const args =
        program === 'source-compose'
          ? ['check', ...everything(program, given).slice(1, 3)]
          : everything(program, given);
      const { exitCode, stdout, stderr } = await startConnector(args, { program, env }).finished;
      expect(exitCode).toBe(1);
      expect(stdout + stderr).not.toContain('tok-abcdef');
      if (program === 'source-compose') {
        expect(stderr).toBe('');
        expect(messagesOf(stdout).slice(-2)).toMatchObject([
          { log: { level: 'FATAL', message: 'Error: boom ****' } },
          { trace: { type: 'ERROR', error: { failure_type: 'system_error' } } },
        ]);
      } else {
        expect(stderr).toContain('CRITICAL Error: boom ****\n');
        expect(stderr).toMatch(/CRITICAL The connector hit an unexpected error, probably a bug.*\n$/);
      }
    });
  });
});
