import { expect, test } from 'vitest';
import { ibmRows, openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT } from '../../../../test-support/unit/instances.ts';
import { auditRoutes } from './audit-routes.ts';

const stream = {
  id: 't1',
  name: 'siem',
  target_type: 'event_streams',
  eventstreams_endpoint: { target_crn: 'crn:streams', api_key: 'hunter2', brokers: ['hunter2:9093'] },
  write_status: { status: 'failed', last_failure: '2026-11-01T10:00:00.000Z', reason_for_last_failure: 'full' },
};
const bucket = { id: 't2', cos_endpoint: { target_crn: 'crn:cos', bucket: 'audit' } };
const rules = [
  { target_ids: ['t1', 'gone', 't1'], locations: ['eu-de', 'global', 'eu-de'] },
  { target_ids: [], locations: ['us-east'] },
];
const answers = {
  routes: { routes: [{ id: 'r1', name: 'all', managed_by: 'account', rules }] },
  targets: { targets: [stream, bucket] },
  settings: { default_targets: ['t2', 't2'] },
};

test('each target of each location in a rule becomes one record, and so does each default target', async () => {
  const rows = await ibmRows(auditRoutes, { answers });
  expect(rows.map(({ id }) => String(id).slice(ACCOUNT.length))).toEqual([
    '////t2',
    '/r1/1/eu-de/gone',
    '/r1/1/eu-de/t1',
    '/r1/1/global/gone',
    '/r1/1/global/t1',
    '/r1/2/us-east/',
  ]);
});

test('a record contains the details of its target, but no secrets', async () => {
  const { stream: reading, printed } = openIbmRead(auditRoutes, { answers });
  await reading.toEnd();
  const targetOf = (id: string): unknown => printed.rows.find(({ target_id }) => target_id === id);
  expect(targetOf('t1')).toMatchObject({
    target_crn: 'crn:streams',
    write_status: 'failed',
    last_failure_at: '2026-11-01T10:00:00.000Z',
    last_failure_reason: 'full',
    is_default_target: false,
  });
  expect(targetOf('t2')).toMatchObject({ target_crn: 'crn:cos', bucket: 'audit', is_default_target: true });
  expect(targetOf('gone')).toMatchObject({ target_name: null, target_crn: null });
  expect(JSON.stringify(printed.messages)).not.toContain('hunter2');
});

test('the stream fails and names the missing role if a request is rejected with HTTP 403', async () => {
  const { stream: reading } = openIbmRead(auditRoutes, { answers: { ...answers, targets: 403 } });
  await expect(reading.toEnd()).rejects.toMatchObject({
    problem: 'forbidden',
    message: expect.stringContaining('the Viewer role on the atracker service') as string,
  });
});
