import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import type { Report } from './report.ts';

/** What a client plays on: a stand-in of the API that nobody else changes, and a folder. */
export interface Stage {
  sandbox: Sandbox;
  config: { api_token: string; base_url: string };
  folder: string;
  /** Writes a file into the folder, and gives its path. */
  file: (name: string, content: string | object) => string;
  report: Report;
}

/** A client's test: compares what the client read with what the sandbox holds. */
export interface ClientTest {
  /** As `--only` takes it. */
  name: string;
  title: string;
  run: (stage: Stage) => Promise<void>;
}

/** Five pages of audit events, and a little of everything else: 389 rows. */
const HOLDINGS = { auditEvents: 231, deployments: 5, recipes: 12 };

/** Plays one test. A client that breaks down is a failure of its own, and ends only its own test. */
export async function play(test: ClientTest, report: Report, keep: boolean): Promise<void> {
  const began = performance.now();
  report.say(`\n${test.title}`);
  const folder = mkdtempSync(join(tmpdir(), `clients-${test.name}-`));
  // The image's user and Postgres' are not ours, and must get at what lies in it.
  chmodSync(folder, 0o755);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (keep) report.say(`  in ${folder}`);
  else process.once('exit', remove);
  const sandbox = await startSandbox(HOLDINGS);
  try {
    await test.run({
      sandbox,
      config: { api_token: sandbox.token, base_url: sandbox.baseUrl },
      folder,
      file: (name, content) => writeInto(folder, name, content),
      report,
    });
  } catch (error) {
    report.fail('it runs to its end', error instanceof Error ? error.message : String(error));
  } finally {
    await sandbox.close();
    if (!keep) remove();
  }
  report.say(`  ${((performance.now() - began) / 1_000).toFixed(0)} s`);
}

function writeInto(folder: string, name: string, content: string | object): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
