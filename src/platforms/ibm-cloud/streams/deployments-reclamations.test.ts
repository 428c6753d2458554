import { expect, test } from 'vitest';
import { openIbmRead } from '../../../../test-support/unit/ibm-reads.ts';
import { crnOf, guidOf } from '../../../../test-support/unit/instances.ts';
import { deploymentsReclamations } from './deployments-reclamations.ts';

const resources = [
  [1, 'databases-for-postgresql', 'a'],
  [2, 'cloud-object-storage', 'a'],
  [3, 'messages-for-rabbitmq', 'b'],
].map(([n, service, group]) => ({
  id: `r${n}`,
  entity_crn: crnOf(Number(n), String(service)),
  entity_id: guidOf(Number(n)),
  resource_group_id: String(group).repeat(32),
  custom_properties: { password: 'hunter2' },
}));

test.each([
  [{}, ['r1', 'r3']],
  [{ deployment_ids: [guidOf(3)] }, ['r3']],
  [{ resource_group_ids: ['a'.repeat(32)] }, ['r1']],
])(
  'with the options %j, only the selected databases have records, and custom properties are omitted',
  async (config, ids) => {
    const answers = { reclamations: { resources } };
    const { stream, printed } = openIbmRead(deploymentsReclamations, { answers, config });
    await stream.toEnd();
    expect(printed.rows.map(({ id }) => id)).toEqual(ids);
    expect(printed.logged('WARN')).toEqual([]);
    expect(JSON.stringify(printed.messages)).not.toContain('hunter2');
  },
);
