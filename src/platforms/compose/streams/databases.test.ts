import { expect, test } from 'vitest';
import { recordsOf } from '../../../../test-support/unit/reads.ts';
import { databases } from './databases.ts';

test('the embedded versions become a field of the record', () => {
  const versions = [
    { application: 'postgresql', status: 'deprecated', preferred: false, version: '9.4.16' },
    { application: 'postgresql', status: 'stable', preferred: true, version: '9.6.10' },
  ];
  const row = { type: 'postgresql', status: 'stable', display_name: 'PostgreSQL' };
  expect(recordsOf(databases, { _embedded: { applications: [{ ...row, _embedded: { versions } }] } })).toEqual([
    { ...row, versions },
  ]);
});
