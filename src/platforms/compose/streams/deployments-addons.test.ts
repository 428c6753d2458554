import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordsOf, rowsIn } from '../../../../test-support/unit/reads.ts';
import { deploymentsAddons } from './deployments-addons.ts';

/** Matches the key of an add-on without an id. */
const DIGEST = /^d1\/[0-9a-f]{32}$/;

const records = (...addons: unknown[]): unknown[] => recordsOf(deploymentsAddons, { _embedded: { addons } }, 'd1');

test('the likely fields are extracted, and addon contains the whole row', () => {
  const addon = {
    id: 7,
    name: 'Syslog-NG',
    created_at: '2018-04-03T12:00:00Z',
    settings: { port: 514, tags: [null] },
    _links: { self: { href: 'x' } },
  };
  expect(records(structuredClone(addon))).toEqual([
    {
      key: 'd1/7',
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

test('a row without known fields also becomes a record', () => {
  const none = { id: null, name: null, type: null, status: null, created_at: null };
  expect(records({ plan: 'big' }, {})).toEqual([
    { key: expect.stringMatching(DIGEST), deployment_id: 'd1', ...none, addon: { plan: 'big' } },
    { key: expect.stringMatching(DIGEST), deployment_id: 'd1', ...none, addon: {} },
  ]);
});

test('a row that is not an object is returned, so that the reader reports it', () => {
  expect(rowsIn(deploymentsAddons, { _embedded: { addons: ['x', null] } }).rows).toEqual(['x', null]);
});

describe('the key of an add-on', () => {
  const keys = (...addons: unknown[]): unknown[] => (records(...addons) as { key: unknown }[]).map(({ key }) => key);

  test('consists of the IDs of the deployment and the add-on, even if the latter is a number', () => {
    expect(keys({ id: 'a-1' }, { id: 7 }, { id: 0 }, { id: '7', name: 'x' })).toEqual([
      'd1/a-1',
      'd1/7',
      'd1/0',
      'd1/7',
    ]);
  });

  test.each([undefined, null, '', false, {}, ['a']])('contains a hash of the row if the id is %j', (id) => {
    expect(keys({ id, name: 'Syslog-NG' })).toEqual([expect.stringMatching(DIGEST)]);
  });

  test('depends on the fields, but not on their order', () => {
    const names = fc.string().filter((name) => name !== 'id' && name !== 'one more');
    const fields = fc.dictionary(names, fc.jsonValue({ maxDepth: 2 })).map((row) => Object.entries(row));
    const shuffled = fields.chain((entries) =>
      fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
    );
    fc.assert(
      fc.property(shuffled, ([entries, others]) => {
        const [key, same, other] = keys(
          Object.fromEntries([...entries, ['id', null]]),
          Object.fromEntries([['id', null], ...others]),
          Object.fromEntries([...entries, ['id', null], ['one more', 1]]),
        );
        expect(same).toBe(key);
        expect(other).not.toBe(key);
      }),
    );
    expect(keys({ name: 'a', plan: 'b' })).not.toEqual(keys({ name: 'b', plan: 'a' }));
  });

  test('stays the same in all releases', () => {
    expect(keys({ name: 'Syslog-NG', plan: 'big' })).toEqual(['d1/1ab977760d6a7b7dac5635e1e0c89360']);
  });
});
