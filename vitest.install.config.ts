import { defineConfig } from 'vitest/config';

// The tests of what people install. They need Python, npm and Docker, so `npm test` leaves them to `npm run test:install`.
// CI adds up the tests of all runs.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['integration_tests/install/**/*.test.ts'],
    globalSetup: 'integration_tests/install/artifacts.ts',
    // The lines of the README build anew what the others install.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
