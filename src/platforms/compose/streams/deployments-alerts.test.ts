import { expect, test } from 'vitest';
import { recordsOf, rowsIn } from '../../../../test-support/unit/reads.ts';
import { deploymentsAlerts } from './deployments-alerts.ts';

test('a healthy deployment also has a record', () => {
  expect(recordsOf(deploymentsAlerts, { summary: 'healthy', _embedded: { alerts: [] } }, 'd1')).toEqual([
    { deployment_id: 'd1', summary: 'healthy', alerts: [] },
  ]);
});

test('all alerts of a deployment are in one record, unchanged', () => {
  const alerts = [
    { capsule_id: 'c1', message: 'Disk usage is at 92%', status: 'critical', check: 'disk' },
    { status: 1 },
  ];
  expect(recordsOf(deploymentsAlerts, { summary: 'critical', _embedded: { alerts } }, 'd1')).toEqual([
    { deployment_id: 'd1', summary: 'critical', alerts },
  ]);
});

test('an object with neither a summary nor a list causes a warning and adds no record', () => {
  const without = (body: unknown): unknown => rowsIn(deploymentsAlerts, body);
  const warnings = ['the response for path does not contain the list alerts, so the list is treated as empty'];
  expect(without({ hello: 'world' })).toEqual({ rows: [], warnings });
  expect(without({ _embedded: null })).toEqual({ rows: [], warnings });
  expect(without({ summary: 'healthy' })).toEqual({ rows: [{ summary: 'healthy' }], warnings });
});

test('an invalid response causes an error', () => {
  const rows = (body: unknown): unknown => rowsIn(deploymentsAlerts, body);
  expect(() => rows({ summary: 'x', _embedded: { alerts: 'none' } })).toThrow('_embedded.alerts is not a list');
  expect(() => rows([])).toThrow('it is not an object');
  expect(() => rows({ errors: 'out of order' })).toThrow('out of order');
});
