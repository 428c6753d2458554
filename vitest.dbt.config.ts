import { defineConfig } from 'vitest/config';

// The dbt package on what real loaders make of the sandbox. It needs Python and PostgreSQL, so `npm test` leaves it to
// `npm run test:dbt`.
// CI adds up the tests of all runs.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/dbt/*.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // Each test goes on from the one before.
    bail: 1,
  },
});
