import { expect, test } from 'vitest';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { ACCOUNT, crnOf, gen1Row, gen2Row } from '../../../../test-support/unit/instances.ts';
import { deploymentsRecipes } from './deployments-recipes.ts';

const task = (n: number, status: string): object => ({
  id: `task ${n}`,
  deployment_id: 'as the databases call it',
  resource_type: 'instance',
  description: 'Scaling database deployment',
  status,
  progress_percent: 15,
  created_at: `2026-11-0${n}T10:00:00Z`,
});

test('a task is a recipe: what it does is its name, what it works on its template', async () => {
  const answers = { '/tasks': { tasks: [task(1, 'completed'), { id: 'bare' }] } };
  const { stream, printed } = openIbmRead(deploymentsRecipes, { instances: [gen1Row(1), gen2Row(2, {})], answers });
  await stream.toEnd();
  const common = { deployment_id: crnOf(1), generation: 'gen1', account_id: ACCOUNT };
  expect(printed.rows).toEqual([
    { ...common, id: 'bare', name: null, template: null },
    {
      ...common,
      id: 'task 1',
      name: 'Scaling database deployment',
      template: 'instance',
      status: 'completed',
      progress_percent: 15,
      created_at: '2026-11-01T10:00:00.000Z',
    },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
  expect(stream.reader.report.leftOut).toEqual(['1 deployment of generation 2']);
});

test('a task that runs comes again until it is finished, and holds those behind it', async () => {
  const read = async (state: object, ...tasks: object[]) => {
    const answers = { '/tasks': { tasks } };
    const { stream, printed } = openIbmRead(deploymentsRecipes, { instances: [gen1Row(1)], answers, state });
    await stream.toEnd();
    return { ids: printed.rows.map(({ id }) => id), state: stream.reader.cursor?.state() ?? {} };
  };
  const first = await read({}, task(3, 'completed'), task(2, 'running'), task(1, 'failed'));
  expect(first.ids).toEqual(['task 1', 'task 2', 'task 3']);
  expect(first.state).toMatchObject({ marks: { [crnOf(1)]: '2026-11-02T10:00:00.000Z' } });
  // What was finished before is no longer listed after a day or two.
  const second = await read(first.state, task(3, 'completed'), task(2, 'completed'));
  expect(second.ids).toEqual(['task 2', 'task 3']);
  expect(second.state).toMatchObject({ marks: { [crnOf(1)]: '2026-11-03T10:00:00.000Z' } });
  expect((await read(second.state)).state).toEqual(second.state);
});
