import { expect, test } from 'vitest';
import { openRun } from '../../../../test-support/unit/reads.ts';
import { deployments } from './deployments.ts';

test('the details are asked for by id, and are the two fields that hold secrets', () => {
  expect(deployments.detail).toMatchObject({ fields: ['connection_strings', 'ca_certificate_base64'] });
  expect(deployments.detail?.request({ id: '5a2b/?' }, openRun().run.shared)).toEqual({
    path: 'deployments/5a2b%2F%3F',
  });
});

test.each([true, false])('the details are wanted if the user includes connection strings: %s', (wanted) => {
  const shared = openRun({ includeConnectionStrings: wanted }).run.shared;
  expect(deployments.detail?.wanted(shared)).toBe(wanted);
});

test('an error in a 200 is not taken for details without any', () => {
  expect(() => deployments.detail?.values({ errors: 'gone' }, { path: 'deployments/d1' })).toThrow(
    'The API answered deployments/d1',
  );
});
