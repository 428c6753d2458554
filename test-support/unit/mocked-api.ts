import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { BASE_URL } from './http.ts';

const LOCAL = /^(?:https?:\/\/)?127\.0\.0\.1:/;

/**
 * Call this function once in each test file that mocks the API. A test then fails if it sends more or fewer requests than it mocked. Real
 * servers on loopback remain reachable.
 */
export function mockTheApi(): void {
  const unmatched: string[] = [];
  const note = ({ method, url }: Request): void => {
    if (!LOCAL.test(url)) unmatched.push(`${method} ${url}`);
  };
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    nock.enableNetConnect(LOCAL);
    nock.emitter.on('no match', note);
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.cleanAll();
    expect(unmatched.splice(0)).toEqual([]);
    expect(pending).toEqual([]);
  });
  afterAll(() => {
    nock.emitter.off('no match', note);
    nock.restore();
  });
}

export function api(): nock.Scope {
  // Without a Content-Length, undici throws an uncaught error after a client aborts in the middle of a body.
  return nock(BASE_URL).replyContentLength();
}
