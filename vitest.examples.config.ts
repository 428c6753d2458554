import { defineConfig } from 'vitest/config';

// The examples, run as examples/README.md says. They need Docker, Python and PostgreSQL, so `npm test` leaves them to
// `npm run test:examples`.
// CI adds up the tests of all runs.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/examples/*.test.ts'],
    globalSetup: 'integration_tests/examples/setup.ts',
    // Side by side, however few cores there are: mostly they wait for packages.
    maxWorkers: 3,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
