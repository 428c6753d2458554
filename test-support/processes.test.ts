import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { outputOf, run, start } from './processes.ts';

const script = (code: string): [string, string[]] => [process.execPath, ['-e', code]];
const FOR_EVER = 'console.log("up"); setInterval(() => 0, 1000);';

describe('a process', () => {
  it('is run to its end, and what it printed is kept', async () => {
    const code = 'process.stdin.pipe(process.stdout); process.stderr.write("é"); process.exitCode = 3';
    expect(await run(...script(code), { input: 'in' })).toEqual({
      exitCode: 3,
      signal: null,
      stdout: 'in',
      stderr: 'é',
    });
  });

  it('reads what a stream brings, as far as it wants to', async () => {
    const echo = 'process.stdin.once("data", (text) => process.stdout.write(text, () => process.exit()))';
    const endless = Readable.from(
      (function* () {
        for (;;) yield 'more';
      })(),
    );
    expect(
      await run(...script('process.stdin.pipe(process.stdout)'), { input: Readable.from(['in', 'put']) }),
    ).toMatchObject({
      exitCode: 0,
      stdout: 'input',
    });
    const { exitCode, stdout } = await run(...script(echo), { input: endless });
    expect([exitCode, stdout.startsWith('more')]).toEqual([0, true]);
    expect(endless.destroyed).toBe(true);
  });

  it('can print into a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'processes-'));
    try {
      const file = join(folder, 'out');
      expect(await run(...script('console.log("to the file")'), { stdout: { file } })).toMatchObject({ stdout: '' });
      expect(readFileSync(file, 'utf8')).toBe('to the file\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('can be killed at a line', async () => {
    const lines: string[] = [];
    const finished = await run(...script(`${FOR_EVER} console.log("second")`), {
      onLine: (line, kill) => {
        if (lines.push(line) === 2) kill('SIGKILL');
      },
    });
    expect(finished).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(lines).toEqual(['up', 'second']);
  });

  it('is stopped by an abort', async () => {
    const stop = new AbortController();
    const finished = run(...script(FOR_EVER), { abort: stop.signal, onLine: () => stop.abort() });
    expect(await finished).toMatchObject({ signal: 'SIGTERM' });
  });

  it('that takes too long, or cannot start, is an error', async () => {
    await expect(run(...script(FOR_EVER), { timeoutMs: 50 })).rejects.toThrow('did not end within 50 ms');
    await expect(run('/no/such/program', [])).rejects.toThrow('ENOENT');
  });

  it('leaves its stdout to the caller who asks for that', async () => {
    const { child, finished } = start(...script('console.log("mine")'), { stdout: 'leave' });
    let text = '';
    child.stdout?.on('data', (chunk) => (text += String(chunk)));
    expect(await finished).toMatchObject({ exitCode: 0, stdout: '' });
    expect(text).toBe('mine\n');
  });
});

it('the output of a process that fails is an error with the end of what it printed', async () => {
  expect(await outputOf(...script('console.log("good")'))).toBe('good\n');
  await expect(outputOf(...script('console.error("why it failed"); process.exit(7)'))).rejects.toThrow(
    /ended with 7:\nwhy it failed$/,
  );
});
