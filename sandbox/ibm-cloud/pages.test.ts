import fc from 'fast-check';
import { expect, test } from 'vitest';
import { upTo } from '../noise.ts';
import { withIbmCloudDefaults } from '../options.ts';
import { type Page, Pages } from './pages.ts';

const ABOUT = { path: '/list', token: 'start', limit: 'limit', usual: 30, most: 200 };

const pagesOf = (maxLimit: number): Pages => new Pages(withIbmCloudDefaults({ maxLimit }));

test('page after page, a list comes whole and each row once', () => {
  fc.assert(
    fc.property(
      fc.nat(60),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      (size, maxLimit, limit) => {
        const pages = pagesOf(maxLimit);
        const list = upTo(size);
        const walk = (next: (from: number) => Page<number> | undefined): number[] => {
          const rows: number[] = [];
          for (let from: number | undefined = 0; from !== undefined;) {
            const page = next(from);
            rows.push(...(page?.items ?? []));
            from = page?.next;
          }
          return rows;
        };
        const byToken = (from: number): Page<number> | undefined =>
          pages.byToken(list, { limit: String(limit), ...(from > 0 && { start: pages.token(from) }) }, ABOUT);
        const byOffset = (from: number): Page<number> | undefined =>
          pages.byOffset(list, { limit: String(limit), offset: String(from) }, 50);
        expect(walk(byToken)).toEqual(list);
        expect(walk(byOffset)).toEqual(list);
        expect(byToken(0)?.items.length).toBe(Math.min(size, limit, maxLimit));
      },
    ),
  );
});

test('a token holds a place and filters, and has in it what a client must encode', () => {
  const filters = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string());
  fc.assert(
    fc.property(fc.nat(), filters, (from, given) => {
      const pages = pagesOf(100);
      const token = pages.token(from, given);
      expect(pages.read(token, '/list')).toEqual({ from, filters: given });
      expect(token).toMatch(/^\+.*\/.*=$/);
      pages.forget('/list');
      expect(pages.read(token, '/list')).toBeUndefined();
      expect(pages.read(token, '/other')).toEqual({ from, filters: given });
      pages.forget();
      expect(pages.read(token, '/other')).toBeUndefined();
    }),
  );
});

test('what is no token leads nowhere', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(pagesOf(100).read(text, '/list')).toBeUndefined();
    }),
  );
});
