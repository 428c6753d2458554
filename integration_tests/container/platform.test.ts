import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { catalogOf } from '../../test-support/catalogs.ts';
import { messagesOf } from '../../test-support/transcript.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { countsRead, judge } from '../reads.ts';
import { HARDENED, runShell } from './docker.ts';

// Airbyte on Kubernetes doesn't use the entrypoint. It runs a source with `sh`, AIRBYTE_ENTRYPOINT, its own working
// directory, and files or named pipes in that directory.

let sandbox: Sandbox;
let folder: string;
const catalog = catalogOf('incremental');
const mounted = (target: string): string[] => [...HARDENED, '--volume', `${folder}:${target}`, '--workdir', target];
const written = (name: string): string => readFileSync(join(folder, name), 'utf8');

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

beforeEach(() => {
  const workspace = new Workspace('platform');
  folder = workspace.folder;
  chmodSync(folder, 0o777);
  workspace.put('connectorConfig.json', { api_token: sandbox.token, base_url: sandbox.baseUrl });
  workspace.put('catalog.json', catalog);
  return () => workspace.remove();
});

describe('the image as Airbyte runs it', () => {
  it.each([
    ['spec', '', 'SPEC'],
    ['check', '--config /config/connectorConfig.json', 'CONNECTION_STATUS'],
    ['discover', '--config connectorConfig.json', 'CATALOG'],
  ])('%s prints its result to a file', async (command, options, type) => {
    const { exitCode, stderr } = await runShell(
      mounted('/config'),
      `eval "$AIRBYTE_ENTRYPOINT ${command} ${options}" > /config/jobOutput.json`,
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(messagesOf(written('jobOutput.json')).at(-1)?.type).toBe(type);
  });

  it('read prints its messages to named pipes', async () => {
    const read = '$AIRBYTE_ENTRYPOINT read --config /source/connectorConfig.json --catalog /source/catalog.json';
    const { exitCode, stdout } = await runShell(
      mounted('/source'),
      `mkfifo stdout stderr
       cat stdout > out.jsonl & cat stderr > err.txt &
       (eval "${read}" 2> stderr > stdout; echo $?)
       wait`,
    );
    expect(exitCode).toBe(0);
    const finished = {
      exitCode: Number(stdout),
      signal: null,
      stdout: written('out.jsonl'),
      stderr: written('err.txt'),
    };
    const result = judge(finished, catalog);
    expect(result.violations).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(countsRead(result)).toEqual(sandbox.counts());
  });

  it('the shell exits with 143 if the program is stopped', async () => {
    sandbox.setFaults([{ path: '**', kind: 'hang' }]);
    const { stdout } = await runShell(
      mounted('/source'),
      `eval "$AIRBYTE_ENTRYPOINT read --config connectorConfig.json --catalog catalog.json" > out.jsonl &
       until grep -q STARTED out.jsonl; do sleep 0.1; done
       kill $!; wait $!; echo $?`,
    );
    sandbox.setFaults([]);
    expect(stdout.trim()).toBe('143');
  });
});
