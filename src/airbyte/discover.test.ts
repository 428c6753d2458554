import { expect, test } from 'vitest';
import { streams } from '../platforms/compose/streams/index.ts';
import { catalogStream } from './catalog.ts';
import { startServer } from '../../test-support/unit/http.ts';
import { jsonFile, openContext } from '../../test-support/unit/output.ts';
import { runDiscover } from './discover.ts';

test('one catalog with every stream, for which the API is not asked', async () => {
  const { origin, requests } = await startServer((_, response) => response.end());
  const { context, messages } = openContext();
  const config = jsonFile({ api_token: 'wrong', base_url: origin });
  await expect(runDiscover(context, config, false)).resolves.toBe(0);
  const [log, ...catalogs] = messages();
  expect(log).toMatchObject({ type: 'LOG', log: { message: expect.stringContaining('discover') } });
  expect(catalogs).toEqual([{ type: 'CATALOG', catalog: { streams: streams.map(catalogStream) } }]);
  expect(requests).toEqual([]);
});

test('a config that cannot be used is a config error, and there is no catalog', async () => {
  const { context, messages } = openContext();
  const config = jsonFile({ api_token: '' });
  await expect(runDiscover(context, config, false)).rejects.toMatchObject({
    failureType: 'config_error',
    message: `The config file ${config} cannot be used: api_token is empty.`,
  });
  expect(messages().map(({ type }) => type)).toEqual(['LOG']);
});
