import { parseArgs } from 'node:util';
import { startAcceptanceRun } from './acceptance-run.ts';
import { checks, reportChecks } from './checks.ts';
import { loadAcceptanceConfig } from './config.ts';

// npm run acceptance [-- --command "docker run --rm source-compose:dev" --mount-at /data]
// Without --command it is the built program. The sandbox listens on this machine's loopback address; how a container
// reaches that is up to the caller.

const root = new URL('../../', import.meta.url);

const { values } = parseArgs({
  options: {
    command: { type: 'string', default: `'${process.execPath}' '${new URL('dist/main.js', root).pathname}'` },
    'mount-at': { type: 'string' },
  },
});

const { acceptance_tests: tests } = await loadAcceptanceConfig(root);
const context = await startAcceptanceRun(root, tests, { command: values.command, mountAt: values['mount-at'] });
try {
  const failed = await reportChecks(checks, context, (line) => process.stdout.write(`${line}\n`));
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  await context.close();
}
