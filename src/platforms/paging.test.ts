import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PageChain, type PageToken } from './paging.ts';

const PATH = 'v2/resource_instances';

const token = (value: string): PageToken => ({ name: 'start', value });
const problem = (detail: string): unknown =>
  expect.objectContaining({ problem: 'unexpected_body', message: expect.stringContaining(detail) as string });

describe('a chain of pages', () => {
  test('may have 999 pages in a row without a new row, and not one more', () => {
    const chain = new PageChain(PATH);
    for (let page = 1; page < 1_000; page += 1) chain.follow(0, token(`empty ${page}`));
    chain.follow(1, token('news'));
    for (let page = 1_001; page < 2_000; page += 1) chain.follow(0, token(`empty ${page}`));
    expect(() => chain.follow(0, token('once more'))).toThrow(problem('its pages do not end: 2000 were read'));
  });

  test('ends in an error if each of its pages has news for ever', () => {
    const chain = new PageChain(PATH);
    const endless = (): void => {
      for (let page = 1; page <= 100_001; page += 1) chain.follow(1, token(String(page)));
    };
    expect(endless).toThrow(problem('its pages do not end: 100000 were read'));
  });
});

/** Follows a chain of pages, each of which leads on to the one that `next` has at its place. */
function read(next: ReadonlyArray<number | undefined>, news: readonly number[]): number[] {
  const chain = new PageChain(PATH);
  const pages: number[] = [];
  for (let at: number | undefined = 0; at !== undefined;) {
    pages.push(at);
    const following: number | undefined = next[at];
    chain.follow(news[at] ?? 0, following === undefined ? undefined : token(String(following)));
    at = following;
  }
  return pages;
}

test('pages that lead on to each other in any order are all read once, however empty they are', () => {
  const pages = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc.record({
      // The first page has no token that could lead to it.
      order: fc
        .shuffledSubarray(
          Array.from({ length: count - 1 }, (_, i) => i + 1),
          { minLength: count - 1 },
        )
        .map((rest) => [0, ...rest]),
      news: fc.array(fc.nat(2), { minLength: count, maxLength: count }),
    }),
  );
  fc.assert(
    fc.property(pages, ({ order, news }) => {
      const next = Array.from(order, (): number | undefined => undefined);
      for (const [i, page] of order.entries()) next[page] = order[i + 1];
      expect(read(next, news)).toEqual(order);
    }),
  );
});

test('pages of which each leads on to some page end in an error, after each was read twice at the most', () => {
  const pages = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc.record({
      next: fc.array(fc.nat(count - 1), { minLength: count, maxLength: count }),
      news: fc.array(fc.nat(2), { minLength: count, maxLength: count }),
    }),
  );
  fc.assert(
    fc.property(pages, ({ next, news }) => {
      let asked = 0;
      const counted = new Proxy(next, {
        get(pages, place) {
          if (typeof place === 'string' && /^\d+$/.test(place)) asked += 1;
          return Reflect.get(pages, place) as unknown;
        },
      });
      expect(() => read(counted, news)).toThrow(problem('it leads back to a page that was read before'));
      expect(asked).toBeLessThanOrEqual(next.length + 1);
    }),
  );
});
