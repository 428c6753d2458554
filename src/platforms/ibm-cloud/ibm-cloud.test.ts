import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { refusal } from '../../../test-support/unit/fake-api.ts';
import {
  type TestApi,
  crnOf,
  gen1Row,
  guidOf,
  instanceRow,
  instancesBody,
  openApi,
} from '../../../test-support/unit/instances.ts';
import { ConnectorError } from '../../core/failure/errors.ts';
import { type FactsOf, type ProblemId, problems } from '../../core/failure/problems.ts';
import type { Row } from '../../core/record/row.ts';
import type { IbmCloudConfig } from './config.ts';
import { Accounts } from './account/accounts.ts';
import { ibmCloud } from './ibm-cloud.ts';
import { INSTANCES } from './account/inventory.ts';

const config = (options: object = {}): IbmCloudConfig =>
  ibmCloud.config.parse({ name: 'ibm_cloud', api_key: 'the-key', ...options });

test('requests without an origin are sent to the Resource Controller and accept JSON', () => {
  const endpoints = { resource_controller: 'http://localhost:8080/rc' };
  const { address, accept } = ibmCloud.connection(config({ endpoints }));
  expect({ address, accept }).toEqual({ address: 'http://localhost:8080/rc', accept: 'application/json' });
});

describe('an error message of this platform', () => {
  const { messages = {}, facts } = ibmCloud.terms;
  const own = Object.keys(messages) as ProblemId[];
  /** The facts that the API client knows about any failure with a status or a code. */
  const known = {
    ...facts,
    path: 'v2/things',
    host: 'h',
    attempts: 'once',
    status: '418',
    said: ' ("no")',
    code: 'E',
    target: 't',
  } as unknown as FactsOf<ProblemId>;

  test.each(own)('is a complete sentence for the problem %s', (id) => {
    const { message, failureType } = new ConnectorError(id, known, { template: messages[id] });
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(/[{}]|\s{2}|undefined|Compose|base_url/);
    expect(failureType).toBe(problems[id].failureType);
  });

  test.each([
    [404, 'not_found'],
    [410, 'not_found'],
    [422, 'not_offered'],
    [418, 'unexpected_status'],
  ] as const)('contains the status HTTP %i', (status, id) => {
    const { message } = new ConnectorError(id, { ...known, status: String(status) }, { template: messages[id] });
    expect(message).toContain(`HTTP ${status} ("no")`);
  });

  test('never mentions Compose or its options', () => {
    const others = {
      detail: 'd',
      target: 't',
      megabytes: '1',
      proxy: 'p',
      variable: 'v',
      seconds: '1',
      which: 'w',
      ids: 'i',
      account: 'a',
      profile: 'p',
      command: 'c',
      answer: 'a',
      role: 'r',
      things: 'events',
      partition: 's',
      from: 'f',
    };
    // api_not_found is about an address without a version, and the addresses of this platform always include the version.
    const ids = (Object.keys(problems) as ProblemId[]).filter((id) => id !== 'api_not_found');
    for (const id of ids) {
      const { message } = new ConnectorError(id, { ...known, ...others }, { template: messages[id] });
      expect(message, id).not.toMatch(/Compose|base_url|API token/);
    }
  });
});

describe('a check', () => {
  const detail = `deployments/${encodeURIComponent(crnOf(1))}`;

  function account(rows: readonly Row[], answers: Record<string, unknown> = { [detail]: { deployment: {} } }): TestApi {
    return openApi(({ path }) => {
      if (path === INSTANCES) return instancesBody(rows);
      if (answers[path] instanceof Error) throw answers[path];
      return answers[path];
    });
  }

  function probed(chosen: IbmCloudConfig, api: TestApi): Promise<string[]> {
    const once = { ...api, isCheck: true } as const;
    return ibmCloud.check(chosen, once, new Accounts(chosen, once));
  }

  test('reads the whole inventory if deployment_ids is set, and lists the ids that do not exist', async () => {
    const api = account([gen1Row(1)]);
    const chosen = config({ deployment_ids: [guidOf(1), guidOf(9)] });
    await expect(probed(chosen, api)).resolves.toEqual([
      `These deployment_ids were not found with this API key: ${guidOf(9)}. Correct the option deployment_ids.`,
    ]);
    await expect(probed(config({ deployment_ids: [guidOf(1)] }), account([gen1Row(1)]))).resolves.toEqual([]);
    await expect(probed(config({ deployment_ids: [guidOf(9)] }), api)).rejects.toMatchObject({
      problem: 'deployments_unknown',
    });
  });

  test('names each account of trusted_profiles that has no deployments or cannot be read', async () => {
    const profile = (account: string): string =>
      `crn:v1:bluemix:public:iam-identity::a/${account}::profile:Profile-${guidOf(1)}`;
    const [full, empty, broken] = ['0123456789abcdef'.repeat(2), '1'.repeat(32), '2'.repeat(32)] as const;
    const api = openApi(({ path, account }) => {
      if (account === broken) throw refusal(403, path);
      if (path === INSTANCES) return instancesBody(account === full ? [gen1Row(1)] : []);
      return { deployment: {} };
    });
    await expect(probed(config({ trusted_profiles: [full, empty, broken].map(profile) }), api)).resolves.toEqual([
      expect.stringMatching(`^Account ${empty}: .*no database deployments for the trusted profile Profile-`),
      expect.stringMatching(`^Account ${broken} could not be read: .*HTTP 403`),
    ]);
  });

  test('names an account that does not respond in time, and then requests only the others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const ids = ['1'.repeat(32), '2'.repeat(32)] as const;
    const profiles = ids.map((id) => `crn:v1:bluemix:public:iam-identity::a/${id}::profile:Profile-${guidOf(1)}`);
    const api = openApi(({ path }) => (path === INSTANCES ? instancesBody([gen1Row(1)]) : { deployment: {} }));
    const get: TestApi['get'] = (request, owner) =>
      request.account === ids[0] ? new Promise<never>(() => undefined) : api.get(request, owner);
    const chosen = config({ trusted_profiles: profiles });
    const slow = { ...api, get, isCheck: true } as const;
    const accounts = new Accounts(chosen, slow);
    const checking = ibmCloud.check(chosen, slow, accounts).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(15_000);
    const error = await checking;
    expect(String(error)).toMatch(
      `Account ${ids[0]} could not be read: IBM Cloud sent no successful response within 15 s for the trusted profile Profile-`,
    );
    const { results, failure } = await accounts.load(async ({ id }) => id);
    expect({ results, failure }).toEqual({ results: [ids[1]], failure: error });
  });

  test('fails if the account has no deployments, since the key may lack the role', async () => {
    await expect(probed(config(), account([instanceRow(1, crnOf(1, 'kms'))]))).resolves.toEqual([
      'IBM Cloud lists no database deployments for this API key. Grant its service ID the Viewer role on the database services, such as databases-for-postgresql.',
    ]);
    await expect(probed(config({ resource_group_ids: ['a'.repeat(32)] }), account([]))).resolves.toEqual([
      'IBM Cloud lists no database deployments for this API key. Grant its service ID the Viewer role on the database services, such as databases-for-postgresql, and check resource_group_ids.',
    ]);
  });

  test.each<[unknown, string]>([
    [refusal(503, detail), 'server_error'],
    [{}, 'unexpected_body'],
    [{ errors: 'not_found' }, 'unexpected_body'],
  ])('fails if the request for a deployment returns %j', async (answer, problem) => {
    await expect(probed(config(), account([gen1Row(1)], { [detail]: answer }))).rejects.toMatchObject({
      problem,
    });
  });
});
