import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IbmCloudSandbox, startSandbox } from '../../sandbox/server.ts';
import { programPath, startConnector } from '../../test-support/connector.ts';
import { blockOf, commandsIn, pageOf, sectionOf } from '../../test-support/pages.ts';
import { type Finished, outputOf, run } from '../../test-support/processes.ts';
import { contentsOf, firstOf, messagesOf } from '../../test-support/transcript.ts';
import { Workspace } from '../../test-support/workspace.ts';
import { HOST_NETWORK, IMAGE, dockerOutput } from './docker.ts';

// Runs the Docker commands on the pages as written, except that the image has already been built.

const RUNNING = pageOf('docs/running.md');
const IBM_CLOUD = pageOf('docs/sources/ibm-cloud.md');
const TAGS = ['source-compose', 'source-compose:0.1.0'];

let sandbox: IbmCloudSandbox;
let folder: Workspace;

beforeAll(async () => {
  sandbox = await startSandbox({ platform: 'ibm_cloud' });
  folder = new Workspace('pages');
  symlinkSync(programPath(), join(folder.folder, 'source-compose'));
  for (const tag of TAGS) await dockerOutput(['tag', IMAGE, tag]);
});
afterAll(async () => {
  await dockerOutput(['rmi', ...TAGS]);
  folder.remove();
  await sandbox.close();
});

/** A config without audit events, because the API allows only ten queries a minute. */
function config(): object {
  return { platform: { ...(sandbox.config['platform'] as object), logs_instances: [] } };
}

function sh(script: string): Promise<Finished> {
  const env = { ...process.env, PATH: [folder.folder, HOST_NETWORK, process.env['PATH']].join(delimiter) };
  return run('sh', ['-ec', script], { cwd: folder.folder, env });
}

/** Runs a block without its first line, which must be the command that builds the image. */
async function afterBuild(block: string): Promise<string> {
  const [build, ...others] = block.trim().split('\n');
  expect(build).toBe('docker build -t source-compose .');
  const { exitCode, stdout, stderr } = await sh(others.join('\n'));
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
}

const recordsIn = (file: string): number | undefined =>
  contentsOf(messagesOf(readFileSync(join(folder.folder, file), 'utf8'))).records.get('deployments')?.length;

test('docs/running.md: the image prints its specification', async () => {
  const printed = await afterBuild(blockOf(RUNNING, 'docker build -t source-compose .'));
  expect(firstOf(messagesOf(printed), 'SPEC').spec.connectionSpecification).toBeDefined();
});

test('docs/sources/ibm-cloud.md: the image checks a config and reads all streams, and jq counts the records', async () => {
  folder.put('secrets/config.json', config());
  expect(await afterBuild(commandsIn(sectionOf(IBM_CLOUD, 'With Docker'))[0] ?? '')).toContain('"SUCCEEDED"');
  const { deployments } = sandbox.counts();
  expect(recordsIn('secrets/records.jsonl')).toBe(deployments);
  const checked = await sh(blockOf(IBM_CLOUD, 'source-compose check'));
  expect(checked.stdout).toMatch(/^deployments: readable$/m);
  expect(checked.stdout).toMatch(/^SUCCEEDED$/m);
  const { stdout } = await sh(blockOf(IBM_CLOUD, 'jq -r'));
  expect(stdout).toMatch(new RegExp(`^ +${deployments} deployments$`, 'm'));
  expect(stdout).toMatch(/^orders-g1-0\tpostgresql\t13\tgen1\tus-south\tactive$/m);
});

test('docs/running.md: the cron script reads new records, and jq shows records and shortens the state', async () => {
  const script = folder.put('read.sh', blockOf(RUNNING, '#!/bin/sh'));
  chmodSync(script, 0o755);
  const args = ['discover', '--config', folder.put('config.json', config()), '--configured'];
  folder.put('catalog.json', (await startConnector(args).finished).stdout);
  const { exitCode, stderr } = await sh('./read.sh && ./read.sh');
  expect([exitCode, stderr]).toEqual([0, '']);
  const states = (): number => readFileSync(join(folder.folder, 'state.jsonl'), 'utf8').trim().split('\n').length;
  const before = states();
  const shown = await sh(blockOf(RUNNING, "jq -c 'select"));
  expect(shown.stdout).toContain('"name":"orders-g1-0"');
  await sh(blockOf(RUNNING, 'jq -sc'));
  expect(states()).toBeLessThan(before);
});

test('docs/running.md: a certificate can be added to the image', async () => {
  const context = new Workspace('certificate');
  context.put('Dockerfile', blockOf(RUNNING, 'FROM source-compose:0.1.0'));
  context.put('example-ca.pem', rootCertificates[0] ?? '');
  try {
    await outputOf('docker', ['build', '--quiet', '--tag', 'source-compose:test-ca', context.folder]);
    const { exitCode, stderr } = await run('docker', ['run', '--rm', 'source-compose:test-ca', 'spec']);
    expect([exitCode, stderr]).toEqual([0, '']);
  } finally {
    await run('docker', ['rmi', 'source-compose:test-ca']);
    context.remove();
  }
});
