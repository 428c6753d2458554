import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dbtModels } from './dbt-models.ts';
import { pageUrl } from './docs-pages.ts';

test('the staging models of the dbt package are what `npm run docs` writes', () => {
  const models = dbtModels();
  const committed = globSync('dbt/models/staging/*').map((path) => [path, readFileSync(pageUrl(path), 'utf8')]);
  expect(Object.fromEntries(committed)).toEqual(models);
});

test('no model has what opens a database', () => {
  const secret = /ca_certificate_base64|connection_strings|download_link/;
  expect(Object.values(dbtModels()).filter((text) => secret.test(text))).toEqual([]);
});
