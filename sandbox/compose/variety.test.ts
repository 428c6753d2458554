import { expect, test } from 'vitest';
import { upTo } from '../noise.ts';
import type { Row } from '../platform.ts';
import { clusters, databases, teams } from './account.ts';
import { addons, alerts, backups, roles, scalings, teamRoles, transitions } from './deployment-reports.ts';
import { deploymentDetail, deployments } from './deployments.ts';
import { Recipes } from './recipes.ts';
import type { World } from './world.ts';

const world: World = { seed: 1, deployments: 5, recipesPerDeployment: 12 };
const each = <T>(read: (deployment: number) => T): T[] => upTo(world.deployments).map(read);
const has = (rows: readonly Row[], test: (row: Row) => boolean): boolean => rows.some(test) && !rows.every(test);

const alertsOf = each((at) => alerts(world, at));

// The default data must contain these variations, because connectors often handle them incorrectly.
test.each([
  ['deployments with and without a version', has(deployments(world), (row) => 'version' in row)],
  ['a deployment with an empty cluster id', has(deployments(world), (row) => row['cluster_id'] === '')],
  ['clusters without tags', has(clusters(world), (row) => !('tags' in row))],
  ['teams without users', has(teams(world), (row) => (row['users'] as [] | undefined)?.length === 0)],
  ['teams without the list of users', has(teams(world), (row) => !('users' in row))],
  ['database types without versions', has(databases(), (row) => !('_embedded' in row))],
  [
    'a running backup without a date',
    has(each((at) => backups(world, at)).flat(), (row) => row['created_at'] === null),
  ],
  ['scalings without the newer keys', has(each(scalings), (row) => !('unit_type' in row))],
  ['healthy deployments', has(alertsOf, (row) => row['summary'] === 'healthy')],
  ['alerts with a capsule', has(alertsOf, (row) => JSON.stringify(row).includes('{"capsule_id"'))],
])('the default data includes %s', (_what, present) => {
  expect(present).toBe(true);
});

test.each([
  ['add-ons', each((at) => addons(world, at))],
  ['backups', each((at) => backups(world, at))],
  ['roles', each((at) => roles(world, at))],
  ['team roles', each((at) => teamRoles(world, at))],
  ['transitions', each(transitions)],
])('some deployments have %s, and some have an empty list', (_what, lists) => {
  expect(lists.some((list) => list.length > 0)).toBe(true);
  expect(lists.some((list) => list.length === 0)).toBe(true);
});

test.each(['deployments', 'backups', 'recipes'])('dates of %s occur in three formats', (what) => {
  const recipes = new Recipes(world);
  const rows = { deployments: deployments(world), backups: each((at) => backups(world, at)), recipes: recipes.list(0) };
  const text = JSON.stringify(rows[what as keyof typeof rows]);
  expect(text).toMatch(/_at":"[\d-]+T[\d:]+\.\d{3}Z"/);
  expect(text).toMatch(/_at":"[\d-]+T[\d:]+Z"/);
  expect(text).toMatch(/_at":"[\d-]+T[\d:]+\.\d{3}-05:00"/);
});

test('a single deployment has lists of connection strings that contain its password', () => {
  const { connection_strings, ca_certificate_base64 } = deploymentDetail(world, 1) as Record<string, Row>;
  expect(connection_strings?.['direct']).toEqual([
    expect.stringMatching(/^mongodb:\/\/admin:FAKE[0-9A-F]{16}@portal-1[^,/]+,portal-2[^,/]+\/compose\?/),
  ]);
  expect(connection_strings).toMatchObject({ maps: [], misc: {}, ssh: [] });
  expect(ca_certificate_base64).toEqual(expect.stringMatching(/^LS0tLS1CRUdJTi/));
});

test('recipes are nested four levels deep, and some children are also in the list', () => {
  const listed = new Recipes(world).list(0);
  const depth = (row: Row): number => {
    const parts = (row['_embedded'] as { recipes: Row[] } | undefined)?.recipes ?? [];
    return 1 + Math.max(0, ...parts.map(depth));
  };
  expect(Math.max(...listed.map(depth))).toBe(4);
  expect(has(listed, (row) => row['parent_id'] !== null)).toBe(true);
  expect(has(listed, (row) => !('operations_total' in row))).toBe(true);
});
