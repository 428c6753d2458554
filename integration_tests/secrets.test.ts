import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runConnector } from '../test-support/connector.ts';
import { sandboxed } from './reads.ts';

const TOKEN = 'tok"en/with+odd=chars&more-0123456789';

/** A token whose parts occur in no other text. */
const ODD_TOKEN = 'qZ7xv"Kw3Jx/p9L2m+zR8cN=t5QWv&k4D7y-HbG6s';

/** All encodings in which text could contain the token. */
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

/** JSON as PHP and Rails encode it. */
function escapedJson(text: string): string {
  const hex = (char: string): string => `\\u00${char.charCodeAt(0).toString(16)}`;
  return JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/').replace(/[&+=]/g, hex);
}

function base64(part: string): string {
  return Buffer.from(part).toString('base64').slice(0, 5);
}

describe('the token', () => {
  it.each(['check', 'read'])(
    'the output of %s does not contain the token, even if the API echoes it and --debug is on',
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

  it('errors never show any part of the token, even if the response contains it', async () => {
    const bodies: Record<string, unknown> = {
      accounts: `{"errors":"${escapedJson(ODD_TOKEN)}"}`,
      billables: { errors: JSON.stringify({ token: ODD_TOKEN }) },
      databases: `<p>${ODD_TOKEN.slice(0, 9)}<wbr>${ODD_TOKEN.slice(9, 20)}<b>${ODD_TOKEN.slice(20)}</b></p>`,
      audit_events: { errors: Buffer.from(JSON.stringify({ user: 'x', token: ODD_TOKEN })).toString('base64') },
      'deployments/*/backups': { errors: { [ODD_TOKEN]: 'is unknown' } },
      'deployments/*/roles': { errors: { ['a://b:c '.repeat(250_000)]: ODD_TOKEN } },
      'deployments/*/versions': { errors: `${'word '.repeat(54)}${ODD_TOKEN} and more, and more, and more` },
    };
    const faults = Object.entries(bodies).map(([path, body]) => ({ path, kind: 'status', status: 400, body }) as const);
    await sandboxed({ token: ODD_TOKEN, auditEvents: 10, faults }, async ({ read }) => {
      const { stdout, stderr, exitCode } = await read({ run: { env: { LOG_LEVEL: 'debug' } } });
      expect(exitCode).toBe(1);
      const others = stdout.split('\n').filter((line) => !line.startsWith('{"type":"RECORD"'));
      for (const path of Object.keys(bodies)) {
        const [, report = path] = path.split('/*/');
        expect(
          others.filter((line) => line.includes('HTTP 400') && line.includes(report)),
          path,
        ).not.toEqual([]);
      }
      for (let at = 0; at + 4 <= ODD_TOKEN.length; at += 1) {
        const part = ODD_TOKEN.slice(at, at + 4);
        expect([stderr, ...others].filter((line) => line.includes(part) || line.includes(base64(part)))).toEqual([]);
      }
    });
  });

  it('the token is not sent to another host after a redirect', async () => {
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
});

describe('passwords in connection strings', () => {
  it('passwords in connection strings appear only in the requested records, and in no other message', async () => {
    await sandboxed({ auditEvents: 10 }, async ({ sandbox, read }) => {
      const config = { include_connection_strings: true };
      const clean = await read({ config });
      const strings = JSON.stringify(clean.records.get('deployments'));
      const passwords = [...strings.matchAll(/:\/\/[^:/"]*:([^@"\s]+)@/g)].map((match) => match[1] ?? '');
      expect(passwords.length).toBeGreaterThan(3);
      // The API's errors repeat a password: in a connection string, after an option, and after a name.
      const [password = ''] = passwords;
      const errors = `postgres://admin:${password}@db, mongo -p ${password}, password=${password}`;
      sandbox.setFaults([
        { path: 'deployments/*/roles', kind: 'status', status: 400, body: { errors } },
        { path: 'teams', kind: 'status', status: 400, body: { errors: { password: [password] } } },
      ]);
      const result = await read({ config, run: { env: { LOG_LEVEL: 'debug' } } });
      expect(result.exitCode).toBe(1);
      const others = result.stdout.split('\n').filter((line) => !line.startsWith('{"type":"RECORD"'));
      expect(others.join('\n')).toContain('****');
      expect(others.filter((line) => line.includes(password))).toEqual([]);
    });
  });
});
