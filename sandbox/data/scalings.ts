import type { Row } from './world.ts';

/** The scaling of one deployment, an object without envelope and id; the newer keys are sometimes absent (P-scal). */
export const scalings = (deployment: number): Row => {
  const used_units = 1 + (deployment % 3);
  const starting_units = deployment % 4 === 3 ? 2 : 1;
  const older: Row = {
    allocated_units: used_units + 1,
    used_units,
    starting_units,
    minimum_units: Math.max(used_units, starting_units),
  };
  if (deployment % 5 === 1) return older;
  return {
    ...older,
    memory_per_unit_in_mb: 102,
    storage_per_unit_in_mb: 1024,
    unit_size_in_mb: deployment % 2 === 0 ? 1024 : 102,
    unit_type: deployment % 2 === 0 ? 'data' : 'memory',
  };
};
