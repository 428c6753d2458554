import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BASE_IMAGE, dockerOutput } from './docker.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONTEXT_IMAGE = 'source-compose:test-context';

it('gives the build only what it copies: no config, no token, no test', async () => {
  const dockerfile = `FROM ${BASE_IMAGE}\nCOPY . /context\n`;
  await dockerOutput(['build', '--tag', CONTEXT_IMAGE, '--file', '-', ROOT], dockerfile);
  const list = 'cd /context && ls -A && find . -name "*.test.ts"';
  const found = await dockerOutput(['run', '--rm', '--entrypoint', 'sh', CONTEXT_IMAGE, '-c', list]);
  expect(found.split('\n').toSorted()).toEqual(
    ['package-lock.json', 'package.json', 'rolldown.config.ts', 'spec.json', 'src', 'tsconfig.json'].toSorted(),
  );
});
