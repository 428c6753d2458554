import { expect, test } from 'vitest';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import type { Stream } from '../../../core/stream/stream.ts';
import { serviceIds } from '../streams/service-ids.ts';
import { trustedProfiles } from '../streams/trusted-profiles.ts';
import { users } from '../streams/users.ts';
import type { Accounts } from './accounts.ts';

const config = { identity_activity: true };
const groups = { serviceid_groups: { serviceid_groups: [] } };

test.each<[Stream<Accounts>, Record<string, unknown>]>([
  [users, { users: { resources: [{ id: 'u1', email: 'a@example.test' }] } }],
  [serviceIds, { ...groups, serviceids: { serviceids: [{ name: 'ci' }] } }],
  [trustedProfiles, { profiles: { profiles: [{ name: 'ci' }] } }],
])('a row without an ID fails the stream $name, and its last login is not requested', async (stream, answers) => {
  const opened = openIbmRead(stream, { answers, config });
  await expect(opened.stream.toEnd()).rejects.toMatchObject({ problem: 'unexpected_body' });
  expect(opened.api.requests.filter(({ path }) => path.includes('undefined'))).toEqual([]);
});

test("a warning about the last login of a user contains the user's IAM ID", async () => {
  const answers = { users: { resources: [{ iam_id: 'IBMid-1' }] }, 'IBMid-1': refusal(403) };
  const { stream, printed } = openIbmRead(users, { answers, config });
  await stream.toEnd();
  expect(printed.logged('WARN')).toEqual([expect.stringMatching(/^users: last logins are missing for user IBMid-1,/)]);
});
