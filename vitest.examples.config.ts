import { defineConfig } from 'vitest/config';

// `npm run test:examples` tests the commands in examples/README.md and docs/meltano.md. These tests need Docker, Python and PostgreSQL, so
// `npm test` excludes them. CI adds up the results in the folder $RESULTS.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/examples/*.test.ts'],
    globalSetup: 'integration_tests/examples/setup.ts',
    // The tests run in parallel on any number of cores, because they mostly wait for package installations.
    maxWorkers: 3,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
