import { expect, test } from 'vitest';
import { answer, createClient, startServer } from '../../test-support/unit/http.ts';
import { RequestSlots } from '../core/request-slots.ts';

/** A server that answers the first requests only once so many have come. */
async function holding(many: number, status: (nth: number) => number): Promise<string> {
  const held: (() => void)[] = [];
  const { origin, requests } = await startServer((_, response) => {
    const nth = requests.length;
    const reply = (): void => answer(response, status(nth), '{}', { 'retry-after': '1' });
    if (nth > many) {
      reply();
      return;
    }
    held.push(reply);
    if (held.length === many) for (const each of held) each();
  });
  return origin;
}

test('who may ask first after a rate limit, and gives up before it does, lets the others go', async () => {
  const origin = await holding(2, (nth) => (nth <= 2 ? 429 : 200));
  const { client } = createClient({ address: origin });
  let waited = 0;
  const get = (path: string): Promise<unknown> =>
    new RequestSlots(1).use('stream', 'here', (turn) =>
      client.get({ path }, 'stream', {
        ...turn,
        async pause(wait) {
          const result = await turn.pause(wait);
          if ((waited += 1) === 1) throw new Error('given up');
          return result;
        },
      }),
    );
  const both = await Promise.allSettled([get('a'), get('b')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});
