import { afterEach, expect, test } from 'vitest';
import { IBM_CLOUD_STREAM_NAMES, type IbmCloudSandbox, type IbmCloudSandboxOptions, startSandbox } from '../server.ts';
import { Crawler, crawlIbmCloud, tokenOf } from './crawl.ts';

const NOW = '2026-11-24T12:00:00Z';

const running: IbmCloudSandbox[] = [];
const start = async (options?: Partial<IbmCloudSandboxOptions>): Promise<IbmCloudSandbox> => {
  const sandbox = await startSandbox({ now: NOW, queriesPerMinute: 0, ...options, platform: 'ibm_cloud' });
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

test.each([
  ['the defaults', {}],
  ['every engine, twice', { deployments: 25, gen2Deployments: 17, regions: 10, policies: 30 }],
  ['pages of one row', { maxLimit: 1, deployments: 3, gen2Deployments: 1, backupDays: 2 }],
  ['pages of two, told by next_docid and tokens', { maxLimit: 2, inventoryToken: 'next_docid', nextForm: 'token' }],
  ['pages of three, told by next_url and links', { maxLimit: 3, inventoryToken: 'next_url', nextForm: 'link' }],
  ['no next page as null', { maxLimit: 4, lastPage: 'null' }],
  ['no next page as an empty text', { maxLimit: 4, lastPage: 'empty' }],
  ['several Logs instances and events below a message', { logsInstances: 3, eventNesting: 'message_text' }],
  ['nothing odd', { oddInstances: false, hiddenInstances: 0, otherInstances: 0, unreadableEvents: 0 }],
  [
    'nothing',
    {
      deployments: 0,
      gen2Deployments: 0,
      gen2Backups: 0,
      otherInstances: 0,
      oddInstances: false,
      accessGroups: 0,
      policies: 0,
      users: 0,
      auditEvents: 0,
      unreadableEvents: 0,
    },
  ],
] as const)('counts and keys are what a crawl of the API finds: %s', async (_name, options) => {
  const sandbox = await start(options);
  const found = await crawlIbmCloud(sandbox);
  for (const stream of IBM_CLOUD_STREAM_NAMES) {
    expect(found[stream].toSorted(), stream).toEqual([...sandbox.keys(stream)].toSorted());
    expect(new Set(found[stream]).size, stream).toBe(found[stream].length);
    expect(sandbox.counts()[stream], stream).toBe(found[stream].length);
  }
});

test('by default there is something of every report, in several regions and of both generations', async () => {
  const sandbox = await start();
  for (const [stream, count] of Object.entries(sandbox.counts())) expect(count, stream).toBeGreaterThan(0);
  expect(new Set(sandbox.deploymentIds.map((id) => id.split(':')[5])).size).toBe(3);
  expect(sandbox.deploymentIds.length).toBe(8 + 5);
});

test('the same seed and time give the same bodies, another seed others', async () => {
  const sandboxes = [await start(), await start(), await start({ seed: 2 })];
  const bodies = await Promise.all(
    sandboxes.map(async (sandbox) => {
      const crawler = new Crawler(sandbox, await tokenOf(sandbox));
      return JSON.stringify([await crawler.instances(), await crawler.usage('2026-10'), await crawler.policies()]);
    }),
  );
  expect(bodies[1]).toBe(bodies[0]);
  expect(bodies[2]).not.toBe(bodies[0]);
  expect(sandboxes[1]?.apiKey).toBe(sandboxes[0]?.apiKey);
  expect(sandboxes[2]?.apiKey).not.toBe(sandboxes[0]?.apiKey);
});
