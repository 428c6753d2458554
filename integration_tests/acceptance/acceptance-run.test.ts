import { expect, test } from 'vitest';
import { fillIn } from './acceptance-run.ts';

const sandbox = { baseUrl: 'http://127.0.0.1:4711/2016-07', token: 'f00d', deploymentIds: ['a', 'b'] };

test('address and token of a config are the sandbox’s where it asks for them', () => {
  const config = {
    api_token: 'filled-in-at-run-time',
    base_url: 'http://filled-in-at-run-time.localhost/2016-07',
    page_size: 50,
  };
  expect(fillIn(config, sandbox)).toEqual({ api_token: 'f00d', base_url: sandbox.baseUrl, page_size: 50 });
});

test('a bad token stays bad', () => {
  expect(fillIn({ api_token: 'bad' }, sandbox)).toEqual({ api_token: 'bad' });
});

test('a mark for every deployment becomes one for each', () => {
  const state = [{ stream_state: { marks: { 'every-deployment-at-run-time': '9999' } } }];
  expect(fillIn(state, sandbox)).toEqual([{ stream_state: { marks: { a: '9999', b: '9999' } } }]);
});

test('everything else stays as it is', () => {
  const content = { a: null, b: [1, true, 'https://example.org/'], c: {} };
  expect(fillIn(content, sandbox)).toEqual(content);
});
