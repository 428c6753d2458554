import { expect, test } from 'vitest';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { trustedProfiles } from './trusted-profiles.ts';

test('a list that is rejected for several profiles causes a single warning, which quotes the first response', async () => {
  const answers = {
    profiles: { profiles: ['p1', 'p2', 'p3'].map((id) => ({ id })) },
    identities: { identities: [{ type: 'user', iam_id: 'IBMid-1' }] },
    'p1/links': { links: [] },
    'p2/links': refusal(403, 'links'),
    'p3/links': refusal(404, 'links'),
    rules: { rules: [] },
  };
  const { stream, printed, api } = openIbmRead(trustedProfiles, { answers });
  await stream.toEnd();
  expect(printed.rows.map(({ id, links, rules }) => ({ id, links, rules }))).toEqual([
    { id: 'p1', links: [], rules: [] },
    { id: 'p2', links: null, rules: [] },
    { id: 'p3', links: null, rules: [] },
  ]);
  expect(api.logged.filter((line) => line.startsWith('warn'))).toEqual([
    'warn trusted_profiles: links is null for 2 records, such as record p2, because IBM Cloud rejected the request (HTTP 403)',
  ]);
});
