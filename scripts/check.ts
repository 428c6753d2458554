import { ROOT } from '../test-support/connector.ts';
import { run } from '../test-support/processes.ts';

// `npm run check` runs, in parallel, the checks that require only Node.js.

const CHECKS = ['typecheck', 'lint', 'format:check', 'unused'];

const { npm_execpath: npm } = process.env;
if (npm === undefined) throw new Error('Run the checks with npm: npm run check');

await Promise.all(CHECKS.map((name) => check(npm, name)));

async function check(npmProgram: string, name: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run(process.execPath, [npmProgram, 'run', '--silent', name], {
    cwd: ROOT,
  });
  console.log(`${exitCode === 0 ? '✓' : '✗'} npm run ${name}`);
  if (exitCode === 0) return;
  process.stdout.write(stdout + stderr);
  process.exitCode = 1;
}
