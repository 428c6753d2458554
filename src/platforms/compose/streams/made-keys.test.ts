import { describe, expect, test } from 'vitest';
import type { Stream } from '../../../core/stream/stream.ts';
import { recordsOf } from '../../../../test-support/unit/reads.ts';
import { deploymentsRoles } from './deployments-roles.ts';
import { deploymentsTeamRoles } from './deployments-team-roles.ts';
import { deploymentsVersions } from './deployments-versions.ts';

function records(stream: Stream, list: string, ...rows: object[]): unknown[] {
  return recordsOf(stream, { _embedded: { [list]: rows } }, 'd1');
}

describe.each([
  ['roles', 'users', deploymentsRoles],
  ['team_roles', 'teams', deploymentsTeamRoles],
] as const)('the id of a record in %s', (list, members, stream) => {
  test('consists of the deployment and the name, whatever id the API sends', () => {
    const given = [{ id: 'u1', name: 'Ada' }];
    expect(records(stream, list, { name: 'admin', [members]: given }, { id: '7', name: 'developer' })).toEqual([
      { id: 'd1/admin', deployment_id: 'd1', name: 'admin', [members]: given },
      { id: 'd1/developer', deployment_id: 'd1', name: 'developer' },
    ]);
  });

  test.each([{}, { name: null }, { name: '' }])(
    'is missing if the row is %j, so that the reader reports the row',
    (row) => {
      expect(records(stream, list, row)[0]).not.toHaveProperty('id');
    },
  );
});

test('upgrades that differ in a single field have different ids', () => {
  const row = { application: 'redis', method: 'in_place', from_version: '3.2.11', to_version: '3.2.12' };
  const found = records(
    deploymentsVersions,
    'transitions',
    row,
    { ...row, method: 'restore' },
    { ...row, from_version: '3.0.0' },
    { ...row, to_version: '4.0.10' },
  ) as { id: string }[];
  expect(found.map(({ id }) => id)).toEqual([
    'd1/3.2.11/3.2.12/in_place',
    'd1/3.2.11/3.2.12/restore',
    'd1/3.0.0/3.2.12/in_place',
    'd1/3.2.11/4.0.10/in_place',
  ]);
});

test('the id of an upgrade requires to_version, and any other missing part is empty', () => {
  expect(records(deploymentsVersions, 'transitions', { to_version: '4' })).toMatchObject([{ id: 'd1//4/' }]);
  expect(records(deploymentsVersions, 'transitions', { from_version: '4' })[0]).not.toHaveProperty('id');
});
