import { expect, test } from 'vitest';
import { createCompose } from '../compose/platform.ts';
import { list } from '../compose/envelope.ts';
import { withDefaults } from '../options.ts';
import { json } from '../platform.ts';
import { nestRows, spoilKeys } from './altered-answer.ts';

const compose = createCompose(1, withDefaults());

const IDS = ['5a0000000000000000000001', '5a0000000000000000000002', '5a0000000000000000000003'];
const teams = list(
  'teams',
  IDS.map((id) => ({ id, name: 'Çelik' })),
);

const idsOf = (text: string): unknown[] =>
  (JSON.parse(text) as { _embedded: { teams: { id: unknown }[] } })._embedded.teams.map(({ id }) => id);

test('numbers beyond 2^53 differ in the text, and are one number to a reader with doubles', () => {
  const { body } = spoilKeys(compose, teams, 'beyond-2-53');
  const digits = [...body.matchAll(/"id":(\d+)/g)].map((match) => match[1] ?? '');
  expect(new Set(digits).size).toBe(3);
  for (const text of digits) expect(BigInt(text)).toBeGreaterThan(2n ** 53n);
  expect(new Set(idsOf(body)).size).toBe(1);
  expect(body).toContain(String.raw`"name":"\u00c7elik"`);
});

test('a lone surrogate stands before each id', () => {
  expect(idsOf(spoilKeys(compose, teams, 'lone-surrogate').body)).toEqual(IDS.map((id) => `\ud800${id}`));
});

test('bytes that are no UTF-8 make different ids equal to a lenient reader', () => {
  const { body, oneByte } = spoilKeys(compose, teams, 'invalid-utf-8');
  expect(oneByte).toBe(true);
  const bytes = Buffer.from(body, 'latin1');
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
  expect(new Set(idsOf(body)).size).toBe(3);
  expect(new Set(idsOf(bytes.toString('utf8'))).size).toBe(1);
});

test('the key of each list is known, and a single object is a row too', () => {
  const numbered = expect.stringMatching(/^\{"_embedded":\{"applications":\[\{"type":\d+\}\]\}\}$/);
  expect(spoilKeys(compose, list('applications', [{ type: 'redis' }]), 'beyond-2-53').body).toEqual(numbered);
  expect(spoilKeys(compose, json(200, { id: 'abc' }), 'beyond-2-53').body).toMatch(/^\{"id":\d+\}$/);
  expect(spoilKeys(compose, json(200, { units: 1 }), 'beyond-2-53').body).toBe('{"units":1}');
  expect(spoilKeys(compose, list('teams', []), 'beyond-2-53').body).toBe('{"_embedded":{"teams":[]}}');
});

test('rows can hold lists in lists, thousands deep', () => {
  expect(nestRows(compose, list('teams', [{ id: 'a' }, { id: 'b' }]), 2).body).toBe(
    '{"_embedded":{"teams":[{"id":"a","nested":[[]]},{"id":"b","nested":[[]]}]}}',
  );
  expect(nestRows(compose, json(200, { units: 1 }), 1).body).toBe('{"units":1,"nested":[]}');
  expect(nestRows(compose, teams, 20_000).body.length).toBeGreaterThan(3 * 40_000);
});
