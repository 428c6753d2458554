import { expect, test } from 'vitest';
import { type Stream, cursorFieldOf, keyFieldOf } from '../../../core/stream/stream.ts';
import { openRun, rowsIn } from '../../../../test-support/unit/reads.ts';
import type { ComposeShared } from '../stream.ts';
import { streams } from './index.ts';

// The columns are name, path ({d} is the deployment), name of the list in the body, primary key, and cursor field. Users' configs and
// saved states depend on them.
const TABLE: [name: string, path: string, list: string, key: string, cursor?: string][] = [
  ['accounts', 'accounts', 'accounts', 'id'],
  ['audit_events', 'audit_events', 'audit_events', 'id', 'created_at'],
  ['billables', 'billables', 'billables', 'id'],
  ['clusters', 'clusters', 'clusters', 'id'],
  ['databases', 'databases', 'applications', 'type'],
  ['datacenters', 'datacenters', 'datacenters', 'slug'],
  ['deployments', 'deployments', 'deployments', 'id'],
  ['deployments_addons', 'deployments/{d}/addons', 'addons', 'key'],
  ['deployments_alerts', 'deployments/{d}/alerts', 'alerts', 'deployment_id'],
  ['deployments_backups', 'deployments/{d}/backups', 'backups', 'id', 'created_at'],
  ['deployments_recipes', 'deployments/{d}/recipes', 'recipes', 'id', 'updated_at'],
  ['deployments_roles', 'deployments/{d}/roles', 'roles', 'id'],
  ['deployments_scalings', 'deployments/{d}/scalings', '', 'deployment_id'],
  ['deployments_team_roles', 'deployments/{d}/team_roles', 'team_roles', 'id'],
  ['deployments_versions', 'deployments/{d}/versions', 'transitions', 'id'],
  ['teams', 'teams', 'teams', 'id'],
];

test('the streams match the table, in the same order', () => {
  const offers = streams.map((stream) => [stream.name, keyFieldOf(stream), cursorFieldOf(stream)]);
  expect(offers).toEqual(TABLE.map(([name, , , key, cursor]) => [name, key, cursor]));
});

test.each(TABLE)('the stream %s requests %s', (name, path) => {
  const stream = streamOf(name);
  const { shared } = openRun({ pageSize: 10 }).run;
  const { retrieval } = stream;
  expect(retrieval.way === 'partition').toBe(path.includes('{d}'));
  if (retrieval.way === 'once') expect(retrieval.request(shared)).toEqual({ path });
  if (retrieval.way === 'shared') expect(retrieval.path).toBe(path);
  if (retrieval.way !== 'partition') return;
  for (const id of ['5a2b', 'odd/id?']) {
    const request = retrieval.request({ id, label: `deployment ${id}` }, shared);
    expect(request).toEqual({ path: path.replace('{d}', encodeURIComponent(id)) });
  }
});

test('audit events are requested with page_size as the page size', () => {
  const { shared } = openRun({ pageSize: 17 }).run;
  const query = { limit: 17, newer_than: 'n', cursor: 'c' };
  const { retrieval } = streamOf('audit_events');
  if (retrieval.way !== 'newest-first') throw new Error('it is not read newest first');
  const request = retrieval.request({ newerThan: 'n', after: 'c' }, shared);
  expect(request).toEqual({ path: 'audit_events', query });
});

// The list of deployments is tested with deployment-list.ts.
test.each(TABLE.filter(([name, , list]) => list !== '' && name !== 'deployments'))(
  'the stream %s extracts its rows from the response to %s, under the name %s',
  (name, path, list) => {
    const embedded = list === 'alerts' ? [] : [{ id: '1' }, { id: '2' }];
    const body = { _embedded: { [list]: embedded } };
    expect(rowsIn(streamOf(name), body, path)).toMatchObject({
      rows: list === 'alerts' ? [body] : embedded,
      warnings: [],
    });
    expect(rowsIn(streamOf(name), {}, path).warnings).toEqual([
      `the response for ${path} does not contain the list ${list}, which is treated as empty`,
    ]);
    expect(() => rowsIn(streamOf(name), { _embedded: { other: [] } }, path)).toThrow(
      `it has the list other instead of ${list}`,
    );
  },
);

test('only the report whose endpoint is unverified may be absent for all deployments', () => {
  const optional = streams.filter(({ retrieval }) => 'absentEverywhere' in retrieval);
  expect(optional.map(({ name }) => name)).toEqual(['deployments_addons']);
});

test('the description of a generated key says that the key is generated', () => {
  const made = streams.filter(({ primaryKey }) => typeof primaryKey !== 'string');
  expect(made.map(({ name }) => name)).toEqual([
    'deployments_addons',
    'deployments_roles',
    'deployments_team_roles',
    'deployments_versions',
  ]);
  const descriptions = made.map((stream) => stream.fields[keyFieldOf(stream)]?.description);
  for (const description of descriptions)
    expect(description).toMatch(/^Key generated for this stream: deployment_id\//);
});

function streamOf(name: string): Stream<ComposeShared> {
  const stream = streams.find((each) => each.name === name);
  if (stream === undefined) throw new Error(`no stream ${name}`);
  return stream;
}
