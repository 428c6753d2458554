import { expect, test } from 'vitest';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen2Row, openApi } from '../../../../test-support/unit/instances.ts';
import { refusal } from '../../../../test-support/unit/fake-api.ts';
import { ConnectorError } from '../../../core/failure/errors.ts';
import type { Request } from '../../../core/stream/request.ts';
import { ibmCloudConfig } from '../config.ts';
import { deployments } from '../streams/deployments.ts';
import { Account } from './account.ts';
import { loadTags } from './tags.ts';

const config = ibmCloudConfig.parse({ name: 'ibm_cloud', api_key: 'the-key' });

/** Loads the tags from a search that returns these pages one after another. */
function load(pages: readonly object[]): { requests: Request[]; tags: ReturnType<typeof loadTags> } {
  let served = 0;
  const api = openApi(() => pages[served++]);
  return { requests: api.requests, tags: loadTags(new Account(config, api)) };
}

test('a search ends with an empty page, and the body of each later request contains only the cursor', async () => {
  const { requests, tags } = load([
    { items: [{ crn: 'a', tags: ['x'] }], limit: 100, search_cursor: 'c1' },
    { items: [{ crn: 'b' }], limit: 100, search_cursor: 'c2' },
    { items: [], limit: 100, search_cursor: 'c3' },
  ]);
  expect([...(await tags).keys()]).toEqual(['a', 'b']);
  for (const { query } of requests) expect(query).toEqual({ account_id: ACCOUNT, limit: 100 });
  const bodies = requests.map(({ post }) => JSON.parse(post?.body ?? '') as object);
  expect(bodies).toEqual([
    { query: expect.stringContaining('databases-for-*') as string, fields: ['crn', 'tags', 'access_tags'] },
    { search_cursor: 'c1' },
    { search_cursor: 'c2' },
  ]);
});

async function read(search: unknown): Promise<{ rows: unknown[]; warnings: string[] }> {
  const answers = { resource_groups: { resources: [] }, search };
  const { stream, printed, api } = openIbmRead(deployments, {
    instances: [gen2Row(1), gen2Row(2), gen2Row(3)],
    answers,
  });
  await stream.toEnd();
  const rows = printed.rows.map(({ id, tags, access_tags }) => ({ id, tags, access_tags }));
  return { rows, warnings: api.logged.filter((line) => line.startsWith('warn deployments: ')) };
}

test('a deployment without tags has empty lists, and a deployment that the search omits has null and causes a warning', async () => {
  const items = [{ crn: crnOf(1), tags: ['env:prod'], access_tags: ['data:personal'] }, { crn: crnOf(2) }];
  expect(await read({ items })).toEqual({
    rows: [
      { id: crnOf(1), tags: ['env:prod'], access_tags: ['data:personal'] },
      { id: crnOf(2), tags: [], access_tags: [] },
      { id: crnOf(3), tags: null, access_tags: null },
    ],
    warnings: [
      `warn deployments: tags and access_tags are null for deployment ${crnOf(3)}, which IBM Cloud's search did not find. New deployments appear in search results after a delay. If the problem persists, report it`,
    ],
  });
});

test.each([
  [
    'resource_group_name',
    'the names of resource groups',
    { search: { items: [] }, resource_groups: refusal(403, 'g') },
  ],
  ['tags', 'tags and access_tags', { search: refusal(403, 'search'), resource_groups: { resources: [] } }],
])('%s is null, and one warning is logged, if the request is rejected', async (field, label, answers) => {
  const { stream, printed } = openIbmRead(deployments, { instances: [gen2Row(1), gen2Row(2)], answers });
  await stream.toEnd();
  expect(printed.rows.map((row) => row[field])).toEqual([null, null]);
  expect(printed.logged('WARN')).toEqual([
    `deployments: ${label} are missing, because the API rejected the request (HTTP 403)`,
  ]);
});

test.each<[search: string, answer: unknown]>([
  ['an outage', refusal(503, 'search')],
  ['an unavailable token', refusal(503, 'identity/token')],
  ['a rejected trusted profile', new ConnectorError('profile_rejected', { message: 'rejected' })],
  ['a response without a list', { items: null }],
  ['a search that repeats its cursor', { items: [{ crn: 'a' }], search_cursor: 'c1' }],
])('the stream fails, so that no tags are overwritten with null, after %s', async (_, search) => {
  const answers = { resource_groups: { resources: [] }, search };
  const { stream, printed } = openIbmRead(deployments, { instances: [gen2Row(1)], answers });
  await expect(stream.toEnd()).rejects.toBeInstanceOf(ConnectorError);
  expect(printed.rows).toEqual([]);
});
