import { describe, expect, test } from 'vitest';
import type { Row } from '../../../core/record/row.ts';
import { auditEntry } from './audit-event.ts';

const CRN = 'crn:v1:bluemix:public:databases-for-postgresql:us-south:a/0a1b:a0000000-0000-4000-8000-000000000001::';

const EVENT = {
  eventTime: '2026-11-20T10:00:00.53+0000',
  action: 'databases-for-postgresql.deployment-group.update',
  initiator: {
    id: 'IBMid-2',
    typeURI: 'service/security/account/user',
    name: 'a@example.invalid',
    host: { address: '203.0.113.7', agent: 'cli' },
    credential: { type: 'apikey', secret: 'never' },
  },
  target: { id: CRN, typeURI: 'databases-for-postgresql/deployment', name: 'orders' },
  outcome: 'success',
  reason: { reasonCode: 200 },
  severity: 'normal',
  message: 'Databases: update',
  requestData: { members: 3 },
  correlationId: 'c-1',
  dataEvent: false,
  saveServiceCopy: true,
  logSourceCRN: CRN,
  observer: { name: 'ActivityTracker' },
};

const pairs = (values: Row): Row[] => Object.entries(values).map(([key, value]) => ({ key, value }));

/** A log entry that contains this event as text, with changes to its labels. */
function entry(data: unknown, labels: Row = {}): Row {
  const applicationname = 'ibm-audit-event';
  const subsystemname = 'databases-for-postgresql:a0000000-0000-4000-8000-000000000001';
  return {
    metadata: pairs({ timestamp: '2026-11-20T10:00:01.250000' }),
    labels: pairs({ applicationname, subsystemname, ...labels }),
    user_data: typeof data === 'string' ? data : JSON.stringify(data),
  };
}

function rowOf(given: Row): Row {
  const read = auditEntry(given);
  if (read === undefined) throw new Error('it is not an event of a database');
  return read.row;
}

const identityOf = (given: Row): string | undefined => auditEntry(given)?.identity;

test('an event becomes a row with the same field names as on Compose', () => {
  const row = rowOf(entry({ ...EVENT, newField: 1 }));
  expect(row).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    account_id: '0a1b',
    deployment_id: CRN,
    service: 'databases-for-postgresql',
    event: 'databases-for-postgresql.deployment-group.update',
    user_id: 'IBMid-2',
    email: 'a@example.invalid',
    user_type: 'service/security/account/user',
    credential_type: 'apikey',
    ip: '203.0.113.7',
    user_agent: 'cli',
    target_id: CRN,
    target_type: 'databases-for-postgresql/deployment',
    target_name: 'orders',
    outcome: 'success',
    severity: 'normal',
    message: 'Databases: update',
    data: { requestData: { members: 3 }, reason: { reasonCode: 200 } },
    correlation_id: 'c-1',
    observer: 'ActivityTracker',
    log_source_crn: CRN,
    data_event: false,
    save_service_copy: true,
    created_at: '2026-11-20T10:00:00.530Z',
    // Undeclared fields stay, because the normalizer reports them.
    newField: 1,
  });
});

test('undeclared fields of an event do not replace declared ones', () => {
  const odd = { ...EVENT, deployment_id: 'x', service: 'x', created_at: 'x', raw: 'x', ip: 'x' };
  expect(rowOf(entry(odd))).toEqual(rowOf(entry(EVENT)));
});

test('an event may be the log entry itself or its message, as text or as an object', () => {
  const top = rowOf(entry(EVENT));
  expect(rowOf(entry({ message: JSON.stringify(EVENT) }))).toEqual(top);
  expect(rowOf(entry({ message: EVENT }))).toEqual(top);
  expect(rowOf({ ...entry(''), user_data: EVENT })).toEqual(top);
});

test('an event about part of a deployment has the deployment_id of that deployment', () => {
  const part = `${CRN.slice(0, -1)}backup:b-1`.replace('::backup', ':backup');
  const row = rowOf(entry({ ...EVENT, target: { id: part } }));
  expect(row).toMatchObject({ deployment_id: CRN, target_id: part });
});

describe('the id of an event', () => {
  test('is the id that the event contains', () => {
    expect(rowOf(entry({ ...EVENT, id: 'e-1' }))['id']).toBe('e-1');
    for (const id of [17, { id: 1 }]) {
      expect(rowOf(entry({ ...EVENT, id }))['id']).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  test('is a hash of the content if the event has no id, regardless of the key order and the log entry', () => {
    // If a release computed a different id, destinations would contain these events twice.
    expect(rowOf(entry(EVENT))['id']).toBe('702dd92394b9478cc39b2173393eea3c');
    const turned = Object.fromEntries(Object.entries({ ...EVENT, id: '' }).toReversed());
    expect(rowOf({ user_data: { message: turned } })['id']).toBe('702dd92394b9478cc39b2173393eea3c');
  });

  test('differs for different events', () => {
    const others = [
      { outcome: 'failure' },
      { correlationId: 'c-2' },
      { eventTime: '2026-11-20T10:00:00.54+0000' },
      { target: { ...EVENT.target, name: 'other' } },
      { requestData: { members: 4 } },
    ];
    const ids = [{}, ...others].map((change) => identityOf(entry({ ...EVENT, ...change })));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a log entry', () => {
  test.each([
    ['truncated text', JSON.stringify(EVENT).slice(0, 200)],
    ['a string that is not an event', '{"level":"info"}'],
    ['no object', '[1]'],
  ])('is kept in raw, with the time of storage, if it contains %s', (_, raw) => {
    expect(rowOf(entry(raw))).toEqual({
      id: identityOf(entry(raw)),
      service: 'databases-for-postgresql',
      created_at: '2026-11-20T10:00:01.250Z',
      raw,
    });
  });

  test('has a stable id even if it is unreadable and has no labels', () => {
    const bare = { user_data: 'torn {' };
    expect(rowOf(bare)).toEqual({ id: identityOf(bare), service: null, created_at: null, raw: 'torn {' });
    expect(rowOf({})['raw']).toBe('');
  });

  test('provides the time for an event that has no valid time of its own', () => {
    expect(rowOf(entry({ ...EVENT, eventTime: 'lately' }))['created_at']).toBe('2026-11-20T10:00:01.250Z');
  });
});

test('an event of another service is skipped, whichever field names the service', () => {
  const iam = {
    action: 'iam-identity.serviceid.login',
    target: { id: 'crn:v1:bluemix:public:iam-identity:global:a/0a1b:::' },
  };
  expect(auditEntry(entry(iam, { subsystemname: 'iam-identity:1' }))).toBeUndefined();
  expect(auditEntry(entry(iam, { subsystemname: undefined }))).toBeUndefined();
  expect(auditEntry(entry('torn {', { subsystemname: 'iam-identity:1' }))).toBeUndefined();
  expect(auditEntry(entry(EVENT, { applicationname: 'web-shop' }))).toBeUndefined();
  // The event is kept if any of its fields identifies a database service.
  expect(rowOf(entry(EVENT, { subsystemname: 'renamed' }))['service']).toBe('databases-for-postgresql');
  expect(
    rowOf(entry({ action: 'messages-for-rabbitmq.deployment.update' }, { subsystemname: undefined })),
  ).toMatchObject({
    service: 'messages-for-rabbitmq',
    deployment_id: null,
  });
});
