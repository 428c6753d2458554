import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { BASE_URL } from './http.ts';

const LOCAL = /^(?:https?:\/\/)?127\.0\.0\.1:/;

/**
 * Call this once in a test file that mocks the API. A test then fails if it sends more or fewer requests than it mocked. Real servers on
 * loopback remain reachable.
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

/** The API's scope for mocked responses. */
export function api(): nock.Scope {
  // Without a Content-Length, aborting in the middle of a body ends the process, because there is no keep-alive.
  return nock(BASE_URL).replyContentLength();
}
