import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDefaults } from '../../options.ts';
import type { QueryParameters } from '../../platform.ts';
import type { ComposeOptions } from '../options.ts';
import { AuditTrail } from './trail.ts';

interface Event {
  readonly id: string;
  readonly created_at: string;
}

const world = { seed: 7, deployments: 3, recipesPerDeployment: 0 };

const trailOf = (options: Partial<ComposeOptions> = {}): AuditTrail => new AuditTrail(world, withDefaults(options));

const page = (trail: AuditTrail, query: QueryParameters): Event[] => {
  const { status, body } = trail.page(query);
  expect(status, body).toBe(200);
  return (JSON.parse(body) as { _embedded: { audit_events: Event[] } })._embedded.audit_events;
};

/** Pages through the list without assumptions about the cursor's meaning or the maximum limit. */
const walk = (trail: AuditTrail, query: QueryParameters): Event[] => {
  const events = new Map<string, Event>();
  for (let cursor: string | undefined; ;) {
    const rows = page(trail, { ...query, ...(cursor !== undefined && { cursor }) });
    const fresh = rows.filter((row) => !events.has(row.id));
    if (fresh.length === 0) return [...events.values()];
    for (const row of fresh) events.set(row.id, row);
    cursor = rows.at(-1)?.id;
  }
};

const arbitraryTrail = fc
  .record({
    auditEvents: fc.nat(150),
    futureShare: fc.double({ min: 0, max: 1, noNaN: true }),
    ties: fc.integer({ min: 1, max: 9 }),
    cursor: fc.constantFrom('exclusive', 'inclusive'),
    newerThan: fc.constantFrom('exclusive', 'inclusive'),
    maxLimit: fc.integer({ min: 2, max: 20 }),
    added: fc.nat(20),
  })
  .map(({ futureShare, added, ...options }) => {
    const trail = trailOf({ ...options, futureEvents: Math.floor(futureShare * options.auditEvents) });
    trail.add(added);
    return trail;
  });

test('paging returns every event once, newest first, in every mode and with any limit', () => {
  fc.assert(
    fc.property(arbitraryTrail, fc.integer({ min: 2, max: 30 }), (trail, limit) => {
      const events = walk(trail, { limit: String(limit) });
      expect(events.map((event) => event.id)).toEqual([...trail.keys()]);
      expect(events.length).toBe(trail.count);
      const times = events.map((event) => Date.parse(event.created_at));
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }),
  );
});

const bound = fc.constantFrom('exclusive', 'inclusive', 'ignored');

test('a request can combine cursor, newer_than and limit, in every mode', () => {
  const modes = fc.record({ cursor: bound, newerThan: bound, ties: fc.integer({ min: 1, max: 9 }) });
  const places = fc.record({ cursor: fc.nat(59), newer_than: fc.nat(59) }, { requiredKeys: [] });
  fc.assert(
    fc.property(modes, places, fc.integer({ min: 1, max: 70 }), (options, at, limit) => {
      const all = walk(trailOf({ auditEvents: 60, ties: options.ties }), {});
      const timeAt = (index: number): number => Date.parse(all[index]?.created_at ?? '');
      const isIn = (mode: string, index: number | undefined, isBeyond: (index: number) => boolean, isAt: boolean) =>
        index === undefined || mode === 'ignored' || isBeyond(index) || (mode === 'inclusive' && isAt);
      const expected = all.filter((_event, index) => {
        const { cursor, newer_than } = at;
        const isTime = (other: number | undefined): boolean => other !== undefined && timeAt(index) === timeAt(other);
        return (
          isIn(options.cursor, cursor, (other) => index > other, index === cursor) &&
          isIn(options.newerThan, newer_than, (other) => timeAt(index) > timeAt(other), isTime(newer_than))
        );
      });
      const query = {
        limit: String(limit),
        ...(at.cursor !== undefined && { cursor: all[at.cursor]?.id }),
        ...(at.newer_than !== undefined && { newer_than: all[at.newer_than]?.created_at }),
      };
      expect(page(trailOf({ auditEvents: 60, ...options }), query)).toEqual(expected.slice(0, limit));
    }),
  );
});

test('the limit is 50 by default, and is clamped to the maximum', () => {
  expect(page(trailOf(), {}).length).toBe(50);
  expect(page(trailOf(), { limit: '1000' }).length).toBe(100);
  expect(page(trailOf({ maxLimit: 7 }), { limit: '100' }).length).toBe(7);
  const single = trailOf({ auditEvents: 20, maxLimit: 1 });
  expect(page(single, { limit: '100' }).length).toBe(1);
  expect(walk(single, {}).map((event) => event.id)).toEqual([...single.keys()]);
});

test.each(['refused', 'empty'] as const)(
  'the option oldCursors determines the response to old and unknown cursors (%s)',
  (oldCursors) => {
    const trail = trailOf({ oldCursors });
    const expectOld = (cursor: string): void => {
      if (oldCursors === 'empty') expect(page(trail, { cursor })).toEqual([]);
      else expect(trail.page({ cursor }).status).toBe(422);
    };
    const events = page(trail, {});
    for (const { id } of [events[0], events.at(-1)] as Event[]) {
      expect(page(trail, { cursor: id }).length).toBe(50);
      trail.forgetCursors();
      for (const old of [id, 'f'.repeat(24), 'nonsense']) expectOld(old);
      expect(page(trail, {}).length).toBe(50);
    }
  },
);

test.each([
  [{ limit: '0' }, 'limit'],
  [{ limit: ['1', '2'] }, 'limit'],
  [{ cursor: 'f'.repeat(24) }, 'cursor'],
  [{ newer_than: 'yesterday' }, 'newer_than'],
  [{ newer_than: '2020-13-01T00:00:00Z' }, 'newer_than'],
])('a request with %j is rejected with a 422, and errors are listed by field', (query, field) => {
  const { status, body } = trailOf().page(query);
  expect(status).toBe(422);
  expect(JSON.parse(body)).toEqual({ errors: { [field]: [expect.any(String)] } });
});

test('events occur in every form: with empty, null or absent data, as system events, and with three date formats', () => {
  const { body } = trailOf({ auditEvents: 2000, maxLimit: 2000 }).page({ limit: '2000' });
  for (const form of [/"data":\{\}/, /"data":null/, /"ip":""/, /"user_id":null/, /"deployment_id":null/, /\\u2028/]) {
    expect(body).toMatch(form);
  }
  expect(body).toMatch(/"created_at":"[^"]+:\d\dZ"/);
  expect(body).toMatch(/"created_at":"[^"]+\.\d{3}Z"/);
  expect(body).toMatch(/"created_at":"[^"]+\.\d{3}-05:00"/);
  expect(JSON.parse(body)._embedded.audit_events.some((event: object) => !('data' in event))).toBe(true);
  expect(body).toContain('"event":"deployment.scale.members"');
  expect(body).toContain('"event":"deployment.install_lets_encrypt_certs"');
  expect(body).toMatch(/^[\x20-\x7e]+$/);
});

test('a billion events cost no more than ten, because each event is computed when it is requested', () => {
  const trail = trailOf({ auditEvents: 1_000_000_000, ties: 1 });
  expect(trail.count).toBe(1_000_000_000);
  const [newest] = page(trail, { limit: '1' });
  const below = page(trail, { limit: '100', cursor: newest?.id, newer_than: '2021-03-01T00:00:00Z' });
  expect(new Set(below.map((event) => event.id)).size).toBe(100);
});
