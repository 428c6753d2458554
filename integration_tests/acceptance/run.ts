import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startAcceptanceRun } from './acceptance-run.ts';
import { checks, reportChecks } from './checks.ts';
import { loadAcceptanceConfig } from './config.ts';

const root = new URL('../../', import.meta.url);
const program = fileURLToPath(new URL('dist/source-compose.js', root));

const usage = `Runs the acceptance checks against the sandbox, which it starts itself.

Usage: npm run acceptance [-- OPTIONS]

  --command COMMAND  the shell command that starts the connector; its arguments are appended
                     (default: node dist/source-compose.js, which \`npm run build\` makes)
  --mount-at FOLDER  where a container sees the files that the checks write; adds a volume to
                     \`docker run\` in COMMAND (default: no volume, the files stay where they are)
  -h, --help         print this text

Exit codes: 0 all checks passed, 1 a check failed, 2 the command line is wrong.

Example: npm run acceptance -- --command "docker run --rm --network host source-compose:dev" --mount-at /data
`;

const options = readOptions();
if (options?.help) {
  process.stdout.write(usage);
} else if (options) {
  process.exitCode = await run(options);
}

/** The options of the command line; undefined if it is wrong, after saying so. */
function readOptions(): { command?: string; 'mount-at'?: string; help?: boolean } | undefined {
  try {
    const { values } = parseArgs({
      options: { command: { type: 'string' }, 'mount-at': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values['mount-at'] === undefined || values.command !== undefined) return values;
    return refuse('--mount-at needs --command: the built program runs in no container');
  } catch (error) {
    // Only the first sentence: the others are advice about arguments that begin with a dash.
    return refuse((error as Error).message.split('. ')[0] ?? '');
  }
}

function refuse(problem: string): undefined {
  process.stderr.write(`acceptance: ${problem}. \`npm run acceptance -- --help\` lists the options.\n`);
  process.exitCode = 2;
}

async function run({ command, 'mount-at': mountAt }: { command?: string; 'mount-at'?: string }): Promise<number> {
  if (command === undefined && !existsSync(program)) {
    process.stderr.write('acceptance: dist/source-compose.js is missing. Run `npm run build` first.\n');
    return 1;
  }
  const { acceptance_tests: tests } = await loadAcceptanceConfig(root);
  const connector = { command: command ?? `'${process.execPath}' '${program}'`, mountAt };
  const context = await startAcceptanceRun(root, tests, connector);
  try {
    const failed = await reportChecks(checks, context, (line) => process.stdout.write(`${line}\n`));
    return failed > 0 ? 1 : 0;
  } finally {
    await context.close();
  }
}
