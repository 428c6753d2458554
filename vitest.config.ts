import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// CI adds up the results in the folder $RESULTS.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['{integration_tests,sandbox,scripts,src,test-support}/**/*.test.ts'],
    // These tests need more than Node.js, so they have their own configurations.
    exclude: [...configDefaults.exclude, 'integration_tests/{container,dbt,examples,install}/**'],
    // The test files of a worker share imported modules, so each file must undo its changes to global state.
    pool: 'threads',
    isolate: false,
    setupFiles: ['test-support/forget-credentials.ts'],
    coverage: {
      include: ['src/**/*.ts'],
      // process.ts runs only in child processes, for example in integration_tests/process-end.test.ts.
      exclude: ['src/**/*.test.ts', 'src/program/process.ts'],
      thresholds: { lines: 95, statements: 95, functions: 95 },
      reporter: ['text-summary', 'html'],
    },
    // There are more workers than cores, because tests mostly wait for servers and processes.
    maxWorkers: availableParallelism() + 3,
    // Only a hanging test takes this long. Tests must not fail because a machine is slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
