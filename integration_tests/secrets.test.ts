import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runConnector } from '../test-support/connector.ts';
import { sandboxed } from './reads.ts';

const TOKEN = 'tok"en/with+odd=chars&more-0123456789';

/** Every form in which a text could give the token away. */
function formsOf(token: string): string[] {
  const json = JSON.stringify(token).slice(1, -1);
  return [
    token,
    json,
    encodeURIComponent(token),
    Buffer.from(token).toString('base64').replace(/=+$/, ''),
    Buffer.from(`x:${token}`).toString('base64').slice(4, -4),
  ];
}

describe('the token', () => {
  it.each(['check', 'read'])(
    'is nowhere in what %s prints, though the API echoes it and --debug is on',
    async (command) => {
      await sandboxed(
        { token: TOKEN, auditEvents: 30, faults: [{ path: '**', kind: 'echo-token', status: 400 }] },
        async ({ sandbox, workspace, read }) => {
          const config = workspace.file('config.json', { api_token: ` ${TOKEN}\n`, base_url: sandbox.baseUrl });
          const outputs =
            command === 'check'
              ? [await runConnector(['--debug', 'check', '--config', config])]
              : [await read({ config: { api_token: TOKEN }, run: { env: { LOG_LEVEL: 'debug' } } })];
          for (const { stdout, stderr } of outputs) {
            expect(stdout).toContain('HTTP 400');
            expect(stdout).toContain('****');
            for (const form of formsOf(TOKEN)) expect(stdout + stderr).not.toContain(form);
          }
        },
      );
    },
  );

  it('is not followed along a redirect to another host', async () => {
    const asked: Array<string | undefined> = [];
    const other = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const to = `http://127.0.0.1:${(other.address() as AddressInfo).port}/2016-07/accounts`;
    await sandboxed({ auditEvents: 10, faults: [{ path: '**', kind: 'redirect', to }] }, async ({ read }) => {
      const result = await read();
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(1);
      for (const error of result.errors) {
        expect(error.failure_type).toBe('system_error');
        expect(error.message).toContain('redirect');
      }
    });
    other.close();
    expect(asked).toEqual([]);
  });

  it('is not told where the config that holds it is broken or its name is mistaken', async () => {
    await sandboxed({ auditEvents: 10 }, async ({ workspace }) => {
      for (const content of [
        `{"api_token": "s3cret-token-value" oops}`,
        `{"api_token": ["s3cret-token-value"]}`,
        's3cret-token-value',
      ]) {
        const { stdout, stderr } = await runConnector(['check', '--config', workspace.file('config.json', content)]);
        expect(stdout).toContain('FAILED');
        expect(stdout + stderr).not.toContain('s3cret');
      }
      const inline = await runConnector(['check', '--config', '{"api_token":"s3cret-token-value"}']);
      expect(inline.stdout + inline.stderr).not.toContain('s3cret');
      const unknown = await runConnector(['check', '--api-token=s3cret-token-value']);
      expect(unknown.exitCode).toBe(2);
      expect(unknown.stderr).not.toContain('s3cret');
    });
  });
});

describe('passwords in connection strings', () => {
  it('are in the records that the user asked for, and in no other message', async () => {
    await sandboxed({ auditEvents: 10 }, async ({ sandbox, read }) => {
      const config = { include_connection_strings: true };
      const clean = await read({ config });
      const strings = JSON.stringify(clean.records.get('deployments'));
      const passwords = [...strings.matchAll(/:\/\/[^:/"]*:([^@"\s]+)@/g)].map((match) => match[1] ?? '');
      expect(passwords.length).toBeGreaterThan(3);
      // The API tells them again in an error, as a connection string and bare.
      const [password = ''] = passwords;
      sandbox.setFaults([
        {
          path: 'deployments/*/roles',
          kind: 'status',
          status: 400,
          body: { errors: `postgres://admin:${password}@db and ${password}` },
        },
      ]);
      const result = await read({ config, run: { env: { LOG_LEVEL: 'debug' } } });
      expect(result.exitCode).toBe(1);
      const others = result.stdout.split('\n').filter((line) => !line.startsWith('{"type":"RECORD"'));
      expect(others.join('\n')).toContain('****');
      expect(others.filter((line) => line.includes(password))).toEqual([]);
    });
  });
});
