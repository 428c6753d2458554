import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

// CI adds up the results of all runs.
const { RESULTS } = process.env;

export default defineConfig({
  test: {
    reporters:
      RESULTS === undefined ? ['default'] : ['default', ['json', { outputFile: `${RESULTS}/${Date.now()}.json` }]],
    include: ['{integration_tests,sandbox,scripts,src,test-support}/**/*.test.ts'],
    // These need more than Node.js and have their own configurations.
    exclude: [...configDefaults.exclude, 'integration_tests/{container,dbt,examples,install}/**'],
    // The test files of a worker share imported modules. Each file restores what it changes globally.
    pool: 'threads',
    isolate: false,
    setupFiles: ['test-support/forget-credentials.ts'],
    coverage: {
      include: ['src/**/*.ts'],
      // process.ts runs only as a child process, for example in integration_tests/process-end.test.ts.
      exclude: ['src/**/*.test.ts', 'src/program/process.ts'],
      thresholds: { lines: 95, statements: 95, functions: 95 },
      reporter: ['text-summary', 'html'],
    },
    // The tests mostly wait for servers and processes.
    maxWorkers: availableParallelism() + 3,
    // Only a hanging test takes this long. No test may fail because the machine is slow.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
