import { defineConfig } from 'vitest/config';

// `npm run test:dbt` tests the dbt package with sandbox data from real loaders. These tests need Python and PostgreSQL, so `npm test`
// excludes them. CI adds up the results in the folder $RESULTS.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/dbt/*.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // Each test continues from the previous test, so the first failure stops the run.
    bail: 1,
  },
});
