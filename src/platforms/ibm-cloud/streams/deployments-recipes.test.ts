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

test('a task becomes a recipe with the description as its name and the resource_type as its template', async () => {
  const answers = { '/tasks': { tasks: [task(1, 'completed'), { id: 'bare' }] } };
  const { stream, printed } = openIbmRead(deploymentsRecipes, { instances: [gen1Row(1), gen2Row(2, {})], answers });
  await stream.toEnd();
  const common = { deployment_id: crnOf(1), generation: 'gen1', account_id: ACCOUNT };
  expect(printed.rows).toEqual([
    {
      ...common,
      id: 'task 1',
      name: 'Scaling database deployment',
      template: 'instance',
      status: 'completed',
      progress_percent: 15,
      created_at: '2026-11-01T10:00:00.000Z',
    },
    { ...common, id: 'bare', name: null, template: null },
  ]);
  expect(printed.logged('WARN')).toEqual([]);
  expect(stream.reader.leftOut).toEqual(['1 deployment of generation 2']);
});
