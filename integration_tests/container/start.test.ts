import { describe, expect, it } from 'vitest';
import { HARDENED, runImage, runShell } from './docker.ts';

const MB = 2 ** 20;

describe('the compile cache', () => {
  const said = ['--env', 'NODE_DEBUG_NATIVE=COMPILE_CACHE', '--read-only'];

  it.each([[[]], [['--user', '0']], [['--user', '65532']], [['--user', '65534:0']]])(
    'is used on a read-only file system by the usual users: %j',
    async (user) => {
      const { stderr } = await runImage([...said, ...user], ['discover', '--config', '/none']);
      const accepted = stderr.match(/V8 code cache for .* was accepted/g) ?? [];
      expect(accepted.length).toBeGreaterThan(4);
      expect(stderr).not.toMatch(/rejected|mismatch|was not initialized/);
    },
  );

  it('does without for others, and says nothing', async () => {
    const { exitCode, stderr } = await runImage(HARDENED, ['spec']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });
});

describe('the heap', () => {
  it.each([128, 256, 512, 1024])('stays within a memory limit of %i MB, and uses most of it', async (limit) => {
    const script = `/usr/local/bin/node -p 'v8.getHeapStatistics().heap_size_limit'`;
    const { stdout } = await runShell(['--memory', `${limit}m`], script);
    expect(Number(stdout)).toBeLessThan(0.75 * limit * MB);
    expect(Number(stdout)).toBeGreaterThan(0.5 * limit * MB);
  });
});
