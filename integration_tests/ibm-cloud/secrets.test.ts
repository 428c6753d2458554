import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/server.ts';
import { runConnector } from '../../test-support/connector.ts';
import { messagesOf } from '../../test-support/transcript.ts';
import { STREAM_NAMES } from './expected.ts';
import {
  type Account,
  EVERY_DEPLOYMENT,
  INSTANCES,
  TOKEN_PATH,
  catalogOf,
  ibmCloud,
  logged,
  rowsRead,
} from './reads.ts';

// All of the sandbox's secrets (backup links, parameters, connection strings and token signatures) contain FAKE and 16
// hexadecimal digits. The tests also search for the API key.

const KEY = 'qZ7xv"Kw3Jx/p9L2m+zR8cN=t5QWv&k4D7y-HbG6sTfB2eY1';

/** Patterns that match the start of every secret: FAKE as text or base64, or a JWT. */
const SECRETS = [/FAKE[0-9A-F]{8}/i, /RkFLR[\w+/-]{8}/, /eyJ[\w-]{8,}\.eyJ/];

const SMALL = { backupDays: 3, apiKey: KEY };

const TAP = { program: 'tap-compose' } as const;

interface Printed {
  stdout: string;
  stderr: string;
}

function expectNoSecret({ stdout, stderr }: Printed, key = KEY): void {
  const lines = `${stdout}\n${stderr}`.split('\n');
  for (const secret of SECRETS) expect(lines.filter((line) => secret.test(line))).toEqual([]);
  const forms = [
    key,
    JSON.stringify(key).slice(1, -1),
    encodeURIComponent(key),
    new URLSearchParams({ k: key }).toString().slice(2),
    Buffer.from(key).toString('base64').replace(/=+$/, ''),
    Buffer.from(key).toString('base64url'),
  ];
  for (const form of forms) expect(lines.filter((line) => line.includes(form))).toEqual([]);
}

/** Runs both programs with --debug, once for each command that sends requests. */
async function everyCommand({ workspace, config }: Account): Promise<Array<[string, Printed]>> {
  const file = workspace.file('config.json', config());
  const catalog = workspace.file('catalog.json', await catalogOf('incremental'));
  return [
    ['check', await runConnector(['--debug', 'check', '--config', file])],
    ['read', await runConnector(['--debug', 'read', '--config', file, '--catalog', catalog])],
    ['sync', await runConnector(['--debug', '--config', file], TAP)],
    ['--test', await runConnector(['--debug', '--config', file, '--test'], TAP)],
  ];
}

describe.concurrent('printed output', () => {
  it.each<[string, readonly Fault[]]>([
    ['if everything works', []],
    ['if every row has an unknown field', [{ path: '**', kind: 'nested', levels: 2 }]],
    ['if the inventory echoes the token that it rejects', [{ path: INSTANCES, kind: 'echo-token', status: 401 }]],
    ...[400, 403].map((status): [string, Fault[]] => [
      `if responses with HTTP ${status} echo the token`,
      [`${EVERY_DEPLOYMENT}/**`, '/accounts/**', '/billing/**', '/iam/v2/**'].map((path): Fault => ({
        path,
        kind: 'echo-token',
        status,
      })),
    ]),
    ['if a response with secrets is truncated', [{ path: INSTANCES, kind: 'truncated-json', times: 1 }]],
    [
      'if page links are invalid and rows have no keys',
      [
        { path: '/billing/**', kind: 'envelope', shape: 'next-unknown' },
        { path: '/iam/v2/**', kind: 'envelope', shape: 'next-repeated' },
        { path: `${EVERY_DEPLOYMENT}/backups`, kind: 'envelope', shape: 'row-without-key' },
        { path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'envelope', shape: 'body-list' },
      ],
    ],
  ])('no command prints a secret %s', async (_, faults) => {
    await ibmCloud({ ...SMALL, faults }, async (account) => {
      for (const [command, printed] of await everyCommand(account)) {
        expect(printed.stdout + printed.stderr, command).not.toBe('');
        expectNoSecret(printed);
      }
    });
  });

  it.each<[string, unknown]>([
    ['in nested JSON', { errorCode: 'BXNIM0415E', errorMessage: JSON.stringify({ apikey: KEY }) }],
    [
      'in a web page',
      `<html><body>no such key: ${KEY.replaceAll('"', '&quot;').replaceAll('&k', '&amp;k')}</body></html>`,
    ],
    [
      'in named fields',
      { errorCode: 'BXNIM0109E', errorMessage: 'no', errorDetails: KEY, context: { url: `/?k=${KEY}` } },
    ],
  ])('no command prints the API key if IAM echoes it %s', async (_, body) => {
    const faults: Fault[] = [{ path: TOKEN_PATH, kind: 'status', status: 400, body }];
    await ibmCloud({ ...SMALL, faults }, async (account) => {
      for (const [command, printed] of await everyCommand(account)) {
        expect(printed.stdout + printed.stderr, command).not.toBe('');
        expectNoSecret(printed);
        const parts = Array.from({ length: KEY.length - 5 }, (_part, at) => KEY.slice(at, at + 6));
        expect(parts.filter((part) => (printed.stdout + printed.stderr).includes(part))).toEqual([]);
      }
    });
  });

  it('a read prints no secret if a service echoes a token that has since been renewed', async () => {
    const faults: Fault[] = [
      { path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'change', change: 'tokens', times: 1 },
      { path: `${EVERY_DEPLOYMENT}/tasks`, kind: 'echo-token', status: 400 },
      { path: `${EVERY_DEPLOYMENT}/**`, kind: 'echo-token', status: 401, times: 1 },
    ];
    await ibmCloud({ ...SMALL, faults }, async ({ read }) => {
      expectNoSecret(await read({ run: { env: { LOG_LEVEL: 'debug' } } }));
    });
  });

  it('commands that send no request print no secret', async () => {
    await ibmCloud(SMALL, async ({ sandbox, workspace, config }) => {
      const file = workspace.file('config.json', config());
      const printed = [
        await runConnector(['--debug', 'spec']),
        await runConnector(['--debug', 'discover', '--config', file]),
        await runConnector(['--debug', '--config', file, '--discover'], TAP),
        await runConnector(['--debug', '--config', file, '--about', '--format', 'json'], TAP),
      ];
      for (const { stdout, stderr } of printed) {
        expect(stdout).not.toBe('');
        expectNoSecret({ stdout, stderr });
      }
      expect(sandbox.requests).toEqual([]);
    });
  });

  it('no command prints a secret if the config is invalid or an option is wrong', async () => {
    await ibmCloud(SMALL, async ({ workspace, config }) => {
      const secret = 's3cret-key-value-0123456789';
      const contents = [
        `{"platform": {"name": "ibm_cloud", "api_key": "${secret}" oops}}`,
        { platform: { name: 'ibm_cloud', api_key: [secret] } },
        { platform: { name: 'ibm_cloud', apikey: secret } },
        { platform: { name: 'ibm_cloud', api_key: secret, deployment_ids: [secret] } },
        config({ api_key: `${secret}\u0007` }),
        config({ api_key: secret }),
      ];
      for (const content of contents) {
        const file = workspace.file('config.json', content);
        expectNoSecret(await runConnector(['--debug', 'check', '--config', file]), secret);
        expectNoSecret(await runConnector(['--config', file, '--test'], TAP), secret);
      }
    });
  });
});

describe.concurrent('an undeclared part of a field', () => {
  it('undeclared parts of a field are omitted from all records, at any depth, and named once in the log', async () => {
    const SECRET = 'FAKE0123456789ABCDEF';
    const inner = { password: SECRET };
    await ibmCloud({ ...SMALL, deployments: 3, gen2Deployments: 1 }, async ({ sandbox, read }) => {
      const version = { version: '1', secret: SECRET, status: inner, transitions: [{ to_version: '2', link: SECRET }] };
      const policy = {
        id: 'p1',
        subject: { attributes: [{ key: 'iam_id', value: 'IBMid-1' }] },
        resource: {
          attributes: [{ key: 'serviceName', value: 'databases-for-redis' }],
          tags: [{ key: 'env', value: 'prod', secret: SECRET }],
        },
        control: { grant: { roles: [{ role_id: 'crn:v1:bluemix:public:iam::::role:Viewer' }] } },
      };
      const bodies: Record<string, unknown> = {
        '/databases/*/v5/ibm/deployables': { deployables: [{ type: 'x', versions: [version] }] },
        [`${EVERY_DEPLOYMENT}/remotes`]: { remotes: { leader: inner, replicas: ['one', inner] } },
        [EVERY_DEPLOYMENT]: { deployment: { version: '1', admin_usernames: { database: inner, user: 'admin' } } },
        '/iam/v2/policies': { policies: [policy] },
        '/iam/v2/groups/*/members': { members: [{ iam_id: 'x', credentials: inner, email: inner }] },
      };
      const faults = Object.entries(bodies).map(([path, body]): Fault => ({ path, kind: 'status', status: 200, body }));
      sandbox.setFaults(faults);
      const result = await read({ run: { env: { LOG_LEVEL: 'debug' } } });
      expect(result.violations).toEqual([]);
      expect(result.exitCode).toBe(0);
      expectNoSecret(result);
      expect(rowsRead(result.records, 'databases')).toMatchObject([
        { versions: [{ application: 'x', version: '1', status: null, transitions: [{ to_version: '2' }] }] },
      ]);
      expect(rowsRead(result.records, 'deployments_replicas')[0]).toMatchObject({ leader: null, replicas: ['one'] });
      expect(rowsRead(result.records, 'deployments')).toContainEqual(
        expect.objectContaining({ admin_usernames: { user: 'admin' } }),
      );
      expect(rowsRead(result.records, 'deployments_roles')).toMatchObject([
        { resource_tags: [{ key: 'env', value: 'prod' }] },
      ]);
      for (const path of [
        'versions[].secret',
        'resource_tags[].secret',
        'versions[].transitions[].link',
        'replicas[]',
        'admin_usernames.database',
        'members[].credentials',
      ]) {
        expect(
          logged(result, 'WARN').filter((text) => text.includes(`"${path}"`)),
          path,
        ).toHaveLength(1);
      }
    });
  });
});

describe('data that the connector omits', () => {
  it('no record contains links to backups, parameters, connections or resource keys', async () => {
    await ibmCloud({ deployments: 13, gen2Deployments: 9 }, async ({ sandbox, read }) => {
      const { stdout, exitCode } = await read();
      expect(exitCode).toBe(0);
      const fields = new Set<string>();
      const gather = (value: unknown): void => {
        if (typeof value !== 'object' || value === null) return;
        for (const [field, inner] of Object.entries(value)) {
          if (!Array.isArray(value)) fields.add(field);
          gather(inner);
        }
      };
      for (const message of messagesOf(stdout)) if (message.type === 'RECORD') gather(message.record.data);
      expect(stdout).not.toMatch(/FAKE[0-9A-F]{8}/);
      const forbidden =
        /api_key$|brokers|custom_properties|download_link|parameters|connection|resource_keys|extensions|password|phone|photo|composed/;
      expect([...fields].filter((field) => forbidden.test(field))).toEqual([]);
      // Make sure that the sandbox sends secrets in these fields.
      const sent = STREAM_NAMES.map((name) => JSON.stringify([...sandbox.rows(name)])).join('');
      for (const field of ['download_link', 'custom_properties', 'api_key', 'brokers']) {
        expect(sent).toMatch(new RegExp(`"${field}":[^,]*FAKE[0-9A-F]{16}`));
      }
    });
  });
});
