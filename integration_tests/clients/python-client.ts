import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type Interface, createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLIENT_ENV, TIME_LIMIT_MS, lastLines } from './programs.ts';
import { environment } from './python-environments.ts';
import type { Stage } from './stage.ts';

/** A Python script that does as it is told, line by line (dialog.py). What it prints besides is in the folder. */
export class PythonClient {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;
  readonly #log: string;

  static async start(stage: Stage, script: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<PythonClient> {
    const bin = await environment('clients');
    const command = [fileURLToPath(new URL(script, import.meta.url)), ...args];
    return new PythonClient(join(bin, 'python'), command, stage.folder, { ...CLIENT_ENV, ...env });
  }

  private constructor(python: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.#log = join(cwd, 'client.log');
    const log = openSync(this.#log, 'w');
    this.#child = spawn(python, args, { cwd, env, stdio: ['pipe', 'pipe', log], timeout: TIME_LIMIT_MS });
    closeSync(log);
    this.#child.stdin?.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Gives a command and waits for its answer. */
  async ask<T>(command: string, ...args: unknown[]): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify([command, ...args])}\n`);
    const { value, done } = await this.#answers.next();
    if (done !== true) return JSON.parse(value) as T;
    throw new Error(`The client broke down at "${command}":\n${lastLines(readFileSync(this.#log, 'utf8'))}`);
  }

  /** Lets it end by itself. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    this.#child.stdin?.end();
    this.#lines.close();
    this.#child.stdout?.resume();
    if (exitCode === null && signalCode === null) await new Promise((resolve) => this.#child.once('exit', resolve));
  }
}
