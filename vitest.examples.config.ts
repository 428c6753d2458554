import { defineConfig } from 'vitest/config';

// The commands of examples/README.md and docs/meltano.md. They need Docker, Python and PostgreSQL, so `npm test` excludes them:
// npm run test:examples
// CI adds up the results of all runs.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/examples/*.test.ts'],
    globalSetup: 'integration_tests/examples/setup.ts',
    // In parallel on any number of cores, because they mostly wait for packages.
    maxWorkers: 3,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
