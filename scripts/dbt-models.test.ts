import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dbtModels } from './dbt-models.ts';
import { pageUrl } from './docs-pages.ts';

test('the dbt staging models match the output of `npm run docs`', () => {
  const models = dbtModels();
  const committed = globSync('dbt/models/staging/*').map((path) => [path, readFileSync(pageUrl(path), 'utf8')]);
  expect(Object.fromEntries(committed)).toEqual(models);
});

test('no dbt model contains a field with which readers could access a database', () => {
  const secret = /ca_certificate_base64|connection_strings|download_link/;
  expect(Object.values(dbtModels()).filter((text) => secret.test(text))).toEqual([]);
});
