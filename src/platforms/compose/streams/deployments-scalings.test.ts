import { expect, test } from 'vitest';
import { recordsOf, rowsIn } from '../../../../test-support/unit/reads.ts';
import { deploymentsScalings } from './deployments-scalings.ts';

test('a body with a single known field becomes a record, even if the field is null', () => {
  expect(recordsOf(deploymentsScalings, { allocated_units: 3 }, 'd1')).toMatchObject([
    { deployment_id: 'd1', allocated_units: 3 },
  ]);
  expect(recordsOf(deploymentsScalings, { unit_type: null, more: 1 }, 'd1')).toMatchObject([
    { deployment_id: 'd1', unit_type: null, more: 1 },
  ]);
});

test.each([[{}], [{ hello: 'world' }], [{ deployment_id: 'd1' }], [{ _embedded: { scalings: [] } }]])(
  'a body without known fields causes an error: %j',
  (body) => {
    expect(() => rowsIn(deploymentsScalings, body)).toThrow(
      'it contains none of the fields allocated_units, used_units',
    );
  },
);
