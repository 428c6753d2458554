import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../test-support/connector.ts';
import { outputOf, run } from '../test-support/processes.ts';
import { environment } from '../test-support/python.ts';

// `npm run lint:ci` checks workflows, Dockerfiles and shell scripts, each with a separate linter.

const files = (await outputOf('git', ['ls-files'], { cwd: ROOT })).trimEnd().split('\n');
const dockerfiles = files.filter((file) => /^(.*\.)?Dockerfile$/.test(basename(file)));
const scripts = files.filter((file) => /^#!.*\b(ba)?sh\b/.test(readFileSync(join(ROOT, file), 'utf8')));

const bin = await environment('lint');
// zizmor runs offline, because its online audits require a GitHub token.
await lint('workflows', 'zizmor', ['--offline', '--strict-collection', '--quiet', '.github']);
await lint(`${dockerfiles.length} Dockerfiles`, 'hadolint', dockerfiles);
await lint(`${scripts.length} shell scripts`, 'shellcheck', scripts);

async function lint(what: string, linter: string, args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await run(join(bin, linter), args, { cwd: ROOT });
  console.log(`${exitCode === 0 ? '✓' : '✗'} ${linter}: ${what}`);
  if (exitCode === 0) return;
  process.stdout.write(stdout + stderr);
  process.exitCode = 1;
}
