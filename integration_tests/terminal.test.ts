import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogOf } from '../test-support/catalogs.ts';
import { programPath } from '../test-support/connector.ts';
import { readArguments, sandboxed } from './reads.ts';

interface Watched {
  code: number | null;
  /** The terminal's final content: the last text written to each line. */
  screen: string;
}

/**
 * Runs the program in a pseudo-terminal, with stdout redirected to a file. Sends Ctrl-C once the screen shows
 * `stopWhen`.
 */
async function atTerminal(args: string[], file: string, stopWhen?: RegExp): Promise<Watched> {
  const quoted = [process.execPath, programPath(), ...args].map((arg) => `'${arg}'`).join(' ');
  const child = spawn('script', ['-qec', `echo $$ > '${file}.pid'; exec ${quoted} > '${file}'`, '/dev/null'], {
    env: { PATH: process.env['PATH'], SHELL: '/bin/sh', TERM: 'xterm' },
  });
  let text = '';
  let stopped = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (stopWhen === undefined || stopped || !stopWhen.test(text)) return;
    stopped = true;
    process.kill(Number(readFileSync(`${file}.pid`, 'utf8')), 'SIGINT');
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const wipe = '\r\u001B[K';
  const shown = (line: string): string => {
    const at = line.lastIndexOf(wipe);
    return at === -1 ? line : line.slice(at + wipe.length);
  };
  return { code, screen: lines.map(shown).join('\n') };
}

describe('a terminal with stdout redirected to a file', () => {
  it('the terminal shows how much was read', async () => {
    await sandboxed({ auditEvents: 30 }, async ({ sandbox, workspace }) => {
      const config = { api_token: sandbox.token, base_url: sandbox.baseUrl };
      const args = readArguments(workspace, config, catalogOf('full_refresh'));
      const { code, screen } = await atTerminal(args, join(workspace.folder, 'out.jsonl'));
      expect(code).toBe(0);
      expect(screen).toMatch(/^Read \d+ records of 16 streams in \d+\.\d s\.\n$/);
    });
  });

  it('the terminal shows each failure and what to do, without secrets', async () => {
    const faults = [{ path: 'teams', kind: 'status', status: 403 }] as const;
    await sandboxed({ auditEvents: 30, faults }, async ({ sandbox, workspace }) => {
      const config = { api_token: sandbox.token, base_url: sandbox.baseUrl };
      const args = readArguments(workspace, config, catalogOf('full_refresh', ['accounts', 'teams']));
      const { code, screen } = await atTerminal(args, join(workspace.folder, 'out.jsonl'));
      expect(code).toBe(1);
      expect(screen).toMatch(
        /^Incomplete: read 1 record of 2 streams in \d+\.\d s\.\n- teams: .*Grant the missing role.*\n$/,
      );
      expect(screen).not.toContain(sandbox.token);
    });
  });

  it('the terminal shows why nothing was read', async () => {
    await sandboxed({}, async ({ workspace }) => {
      const args = ['check', '--config', join(workspace.folder, 'none.json')];
      const { screen } = await atTerminal(args, join(workspace.folder, 'out.jsonl'));
      expect(screen).toMatch(/^FAILED: The config file \S+none\.json does not exist\..*\n$/);
    });
  });

  it('after Ctrl-C, the terminal shows how to resume, and the file contains the states for resuming', async () => {
    await sandboxed({ auditEvents: 5_000, latencyMs: 20 }, async ({ sandbox, workspace }) => {
      const config = { api_token: sandbox.token, base_url: sandbox.baseUrl };
      const file = join(workspace.folder, 'out.jsonl');
      const args = readArguments(workspace, config, catalogOf('incremental', ['audit_events']));
      const { screen } = await atTerminal(args, file, /[1-9]\d* records,/);
      expect(screen).toMatch(
        /Stopped after [\d,]+ records of 1 stream in \d+\.\d s\. To resume, pass the STATE messages/,
      );
      expect(readFileSync(file, 'utf8')).toContain('"type":"STATE"');
    });
  });
});
