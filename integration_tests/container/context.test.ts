import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { dockerOutput } from './docker.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('gives the build only what it copies: no config, no token, no test', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'source-compose-context-'));
  try {
    await dockerOutput(['build', '--output', folder, '--file', '-', ROOT], 'FROM scratch\nCOPY . /\n');
    expect(readdirSync(folder).toSorted()).toEqual([
      'package-lock.json',
      'package.json',
      'rolldown.config.ts',
      'scripts',
      'spec.json',
      'src',
      'tsconfig.json',
    ]);
    const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' });
    expect(sources.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
