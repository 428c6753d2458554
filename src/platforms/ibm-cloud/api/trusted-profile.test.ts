import { describe, expect, test } from 'vitest';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { ConnectorError } from '../../../core/failure/errors.ts';
import type { SendRequest } from '../../../http/auth.ts';
import { maskByForm } from '../../../text/mask-by-form.ts';
import { iamAuth } from './token.ts';
import { parseProfile, profileConnection } from './trusted-profile.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const CRN = `crn:v1:bluemix:public:iam-identity::a/${ACCOUNT}::profile:Profile-a0000000-0000-4000-8000-000000000001`;
const HOUR = 3_600;

/** The response in which IAM returns a token for an identity. */
function tokenOf(iam_id: string, account: string, life: number): object {
  const claims = Buffer.from(JSON.stringify({ iam_id, account: { bss: account } })).toString('base64url');
  return { access_token: `a.${claims}.${life}`, expires_in: life };
}

/** The authentication for the profile. `assumed` returns the response to the n-th exchange. */
function open(assumed: (n: number) => unknown = () => tokenOf('iam-Profile-1', ACCOUNT, HOUR)) {
  const forms: URLSearchParams[] = [];
  const clock = { now: 0 };
  const ofKind = (kind: string): URLSearchParams[] => forms.filter((form) => form.get('grant_type')?.endsWith(kind));
  const send: SendRequest = async ({ post }) => {
    forms.push(new URLSearchParams(post?.body));
    const isKey = forms.at(-1)?.has('apikey') === true;
    const reply = isKey
      ? tokenOf(`iam-ServiceId-${ofKind('apikey').length}`, 'f'.repeat(32), HOUR)
      : assumed(ofKind('assume').length);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  const key = iamAuth('the-key', 'https://iam.example.test', () => clock.now);
  const profile = parseProfile(CRN);
  if (profile === undefined) throw new Error('it is no CRN');
  const { auth } = profileConnection(profile, key, 'https://iam.example.test', () => clock.now);
  const header = async (): Promise<unknown> => {
    try {
      return await auth.header(send);
    } catch (thrown) {
      return thrown;
    }
  };
  return { header, ofKind, clock };
}

describe('a token of a trusted profile', () => {
  test('is requested with a token for the key and the CRN of the profile, and nothing else', async () => {
    const { header, ofKind } = open();
    expect(await header()).toMatch(/^Bearer a\./);
    expect(await header()).toMatch(/^Bearer a\./);
    expect(ofKind('apikey')).toHaveLength(1);
    expect(ofKind('assume').map((form) => [...form.keys()])).toEqual([['grant_type', 'access_token', 'profile_crn']]);
    expect(ofKind('assume')[0]?.get('profile_crn')).toBe(CRN);
  });

  test("is renewed after 80% of its lifetime, with a new token of the key if the key's previous token has expired", async () => {
    const { header, ofKind, clock } = open(() => tokenOf('iam-Profile-1', ACCOUNT, HOUR / 2));
    await header();
    clock.now = 0.81 * (HOUR / 2) * 1_000;
    await header();
    await new Promise(setImmediate);
    expect([ofKind('apikey').length, ofKind('assume').length]).toEqual([1, 2]);
    clock.now = 2 * HOUR * 1_000;
    await header();
    expect([ofKind('apikey').length, ofKind('assume').length]).toEqual([2, 3]);
  });

  test('is requested once more with a new token of the key after HTTP 401', async () => {
    const { header, ofKind } = open((n) =>
      n === 1 ? refusal(401, 'identity/token') : tokenOf('iam-Profile-1', ACCOUNT, HOUR),
    );
    expect(await header()).toMatch(/^Bearer a\./);
    expect(ofKind('assume').map((form) => form.get('access_token'))).toEqual(
      expect.arrayContaining([expect.stringContaining('a.'), expect.stringContaining('a.')]),
    );
    expect(ofKind('apikey')).toHaveLength(2);
  });
});

describe('a trusted profile', () => {
  const trust = `run these commands: ibmcloud target -c ${ACCOUNT} && ibmcloud iam trusted-profile-identity-create Profile-a0000000-0000-4000-8000-000000000001 --id ServiceId-1 --id-type SERVICEID.`;
  const correct = 'is not for this account. Correct the CRN of the profile in platform.trusted_profiles.';

  test.each<[string, unknown, advice: string]>([
    [
      'that IAM rejects',
      new ConnectorError('unexpected_status', { message: 'm' }, { status: 400, answer: 'HTTP 400 ("BXNIM0398E: no")' }),
      trust,
    ],
    ['whose token is for another account', tokenOf('iam-Profile-1', 'f'.repeat(32), HOUR), correct],
    ['whose token has no account', { access_token: 'opaque', expires_in: HOUR }, correct],
  ])('%s fails its account for the rest of the sync, with advice that fits the cause', async (_, reply, advice) => {
    const { header, ofKind } = open(() => reply);
    const error = await header();
    expect(error).toMatchObject({ problem: 'profile_rejected', account: ACCOUNT });
    // The advice must remain readable in the log, which masks words that look random.
    expect(maskByForm(String(error))).toContain(advice);
    expect(await header()).toBe(error);
    expect(ofKind('assume')).toHaveLength(1);
  });

  test('is tried again after an outage of IAM', async () => {
    const { header, ofKind } = open((n) =>
      n === 1 ? refusal(503, 'identity/token') : tokenOf('iam-Profile-1', ACCOUNT, HOUR),
    );
    expect(await header()).toMatchObject({ problem: 'server_error' });
    expect(await header()).toMatch(/^Bearer a\./);
    expect(ofKind('assume')).toHaveLength(2);
  });
});

test.each([CRN.slice(0, -1).replace(ACCOUNT, 'x'), CRN.replace('iam-identity', 'iam'), 'Profile-1', ''])(
  '%j is not the CRN of a trusted profile',
  (text) => {
    expect(parseProfile(text)).toBeUndefined();
  },
);
