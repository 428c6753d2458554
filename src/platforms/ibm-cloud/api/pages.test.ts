import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Request } from '../../../core/stream/request.ts';
import type { Api } from '../../platform.ts';
import { linked, listPages } from './pages.ts';

const PATH = 'v4/usage';
const NAMES = ['start', 'next_docid', 'next_url'] as const;
const first: Request = { path: PATH, query: { limit: 3 } };
/** The query parameters that the link adds to the request, or undefined without a next page. */
const tokenIn = (link: unknown, names: readonly string[]): unknown => {
  const request = linked('next', ...names)({ next: link }, first);
  if (request === undefined) return undefined;
  const { limit: _, ...token } = request.query ?? {};
  return token;
};
const problem = (detail: string): unknown =>
  expect.objectContaining({ problem: 'unexpected_body', message: expect.stringContaining(detail) as string });

describe('the link to the next page', () => {
  test.each<[string, string, string]>([
    ['/v2/resource_instances?limit=100&start=abc', 'start', 'abc'],
    ['/v2/resource_instances?next_docid=d7&limit=100&account_id=0', 'next_docid', 'd7'],
    ['/v2/resource_instances?next_url=n1', 'next_url', 'n1'],
    ['?start=p2%2B%2F%3D', 'start', 'p2+/='],
    ['https://stranger.example.test:8443/elsewhere?start=abc', 'start', 'abc'],
    ['//stranger.example.test/v2?start=abc', 'start', 'abc'],
    ['https://user:password@stranger.example.test?start=abc', 'start', 'abc'],
    ['javascript:alert(1)?start=abc', 'start', 'abc'],
    ['/v2?next_url=n1&next_docid=d7&start=abc', 'start', 'abc'],
    ['/v2?start=&next_docid=d7', 'next_docid', 'd7'],
  ])('may be %s, and only its token is used', (link, name, value) => {
    expect(tokenIn(link, NAMES)).toEqual({ [name]: value });
  });

  test('may contain any token, which is decoded correctly', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.string({ minLength: 1, unit: 'grapheme' }), (name, value) => {
        const link = `https://stranger.example.test/x?${new URLSearchParams({ limit: '100', [name]: value }).toString()}`;
        expect(tokenIn(link, NAMES)).toEqual({ [name]: value });
      }),
    );
  });
});

test.each([undefined, null, ''])('the list ends if the link is %j', (link) => {
  expect(tokenIn(link, NAMES)).toBeUndefined();
});

describe('a link', () => {
  test.each([
    '/v2/resource_instances',
    '/v2/resource_instances?',
    '/v2/resource_instances?limit=100',
    '/v2/resource_instances?start=',
    '/v2/resource_instances?START=abc',
    'start=abc',
    ' ',
  ])('without a known token causes an error instead of ending the list: %j', (link) => {
    expect(() => tokenIn(link, NAMES)).toThrow(
      problem('its link to the next page contains none of the parameters start, next_docid, next_url'),
    );
  });

  test.each([0, false, {}, ['/v2?start=abc'], { href: 7 }])(
    'with the value %j causes an error instead of ending the list',
    (link) => {
      expect(() => tokenIn(link, NAMES)).toThrow(problem('its link to the next page contains none of the parameters'));
    },
  );
});

describe('the token of the next page', () => {
  test.each([
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    [{ href: '/v4/usage?_limit=2&_start=a%2Bb%3D' }, 'a+b='],
    [{ href: 'https://stranger.example/v4?_start=t', offset: 'other' }, 't'],
  ])('extracted from the link %j is %s', (next, token) => {
    expect(tokenIn(next, ['_start'])).toEqual(token && { _start: token });
  });

  test.each([[{}], [{ href: '/v4/usage' }], [{ href: '/v4/usage?_start=' }], [{ offset: 'a' }], [7], [{ href: 7 }]])(
    'causes an error if it cannot be found in the link %j',
    (next) => {
      expect(() => tokenIn(next, ['_start'])).toThrow(/next page/);
    },
  );
});

/** A list with pages of these sizes. `tokenAt` returns the token of a page. */
function listOf(sizes: readonly number[], tokenAt: (page: number) => string = String): { api: Api; asked: string[] } {
  const asked: string[] = [];
  let page = 0;
  const api = {
    get({ query }: Request) {
      asked.push(String(query?.['start'] ?? ''));
      const before = sizes.slice(0, page).reduce((sum, size) => sum + size, 0);
      const rows = Array.from({ length: sizes[page] ?? 0 }, (_, i) => ({ id: before + i }));
      page += 1;
      const next = page < sizes.length ? { next: `?${new URLSearchParams({ start: tokenAt(page) }).toString()}` } : {};
      return Promise.resolve({ rows, ...next });
    },
  } as unknown as Api;
  return { api, asked };
}

const all = async (api: Api): Promise<unknown[]> =>
  (await Array.fromAsync(listPages(api, first, 'teams', 'rows', linked('next', 'start')))).flat();

test('a list with any number of pages is read completely, with one request per page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
      const { api, asked } = listOf(sizes);
      const rows = await all(api);
      const count = sizes.reduce((sum, size) => sum + size, 0);
      expect(rows).toEqual(Array.from({ length: count }, (_, id) => ({ id })));
      expect(asked).toHaveLength(sizes.length);
      expect(new Set(asked).size).toBe(sizes.length);
    }),
  );
});

test('a list that never ends causes an error', async () => {
  const { api, asked } = listOf(Array<number>(5_000).fill(0));
  await expect(all(api)).rejects.toThrow(/the list never ends \(2001 pages were read\)/);
  expect(asked).toHaveLength(2_001);
});

test('a link back to an earlier page causes an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (period) => {
      const { api } = listOf(Array<number>(50).fill(2), (page) => String(page % period));
      await expect(all(api)).rejects.toThrow(/never end/);
    }),
  );
});

test('a response without the list causes an error and is not treated as an empty list', async () => {
  const api = { get: () => Promise.resolve({ next: null }) } as unknown as Api;
  await expect(all(api)).rejects.toThrow(/rows is missing/);
});
