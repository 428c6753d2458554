import { describe, expect, it } from 'vitest';
import { HARDENED, runImage, runShell } from './docker.ts';

const MB = 2 ** 20;

describe('the compile cache', () => {
  const hardened = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const said = ['--env', 'NODE_DEBUG_NATIVE=COMPILE_CACHE'];

  it.each(['0:0', '1000:1000', '1000650000:0'])(
    'user %s without capabilities uses the compile cache on a read-only file system',
    async (user) => {
      const { stderr } = await runImage([...hardened, ...said, '--user', user], ['discover', '--config', '/none']);
      const accepted = stderr.match(/V8 code cache for .* was accepted/g) ?? [];
      expect(accepted.length).toBeGreaterThan(4);
      expect(stderr).not.toMatch(/rejected|mismatch|was not initialized/);
    },
  );

  it('the compile cache leaves nothing behind in shared memory', async () => {
    const { stdout } = await runShell(hardened, '$AIRBYTE_ENTRYPOINT spec >/dev/null; ls -A /dev/shm');
    expect(stdout).toBe('');
  });

  it('without shared memory, the program silently ignores the compile cache', async () => {
    const { exitCode, stdout, stderr } = await runImage([...HARDENED, '--ipc', 'none'], ['spec']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'SPEC' });
  });
});

describe('the heap', () => {
  it.each([128, 1024])('the heap fits into a memory limit of %i MB, and may use most of it', async (limit) => {
    const script = `/usr/local/bin/node -p 'v8.getHeapStatistics().heap_size_limit'`;
    const { stdout } = await runShell(['--memory', `${limit}m`], script);
    expect(Number(stdout)).toBeLessThan(0.75 * limit * MB);
    expect(Number(stdout)).toBeGreaterThan(0.5 * limit * MB);
  });
});
