import { expect, test } from 'vitest';
import { recordsOf } from '../../../../test-support/unit/reads.ts';
import { deploymentsAddons } from './deployments-addons.ts';

const records = (...addons: unknown[]): unknown[] => recordsOf(deploymentsAddons, { _embedded: { addons } }, 'd1');

test('the likely fields are taken out, and the whole row is kept as it came', () => {
  const addon = {
    id: 7,
    name: 'Syslog-NG',
    created_at: '2018-04-03T12:00:00Z',
    settings: { port: 514, tags: [null] },
    _links: { self: { href: 'x' } },
  };
  expect(records(structuredClone(addon))).toEqual([
    {
      deployment_id: 'd1',
      id: '7',
      name: 'Syslog-NG',
      type: null,
      status: null,
      created_at: '2018-04-03T12:00:00.000Z',
      addon,
    },
  ]);
});

test('a row of which nothing is known is a record too', () => {
  const none = { id: null, name: null, type: null, status: null, created_at: null };
  expect(records({ plan: 'big' }, {})).toEqual([
    { deployment_id: 'd1', ...none, addon: { plan: 'big' } },
    { deployment_id: 'd1', ...none, addon: {} },
  ]);
});

test('the deployment that the row names is kept', () => {
  expect(records({ deployment_id: 'd2' })).toMatchObject([{ deployment_id: 'd2' }]);
});

test('what is no object is left for the reader to complain about', () => {
  expect(deploymentsAddons.rows({ _embedded: { addons: ['x', null] } }, 'path').rows).toEqual(['x', null]);
});
