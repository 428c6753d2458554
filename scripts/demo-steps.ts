import { firstMessage } from './demo-messages.ts';
import { readAgain, readAll } from './demo-reads.ts';
import type { Stage } from './demo-stage.ts';
import { green, red } from './demo-text.ts';

interface Specification {
  connectionSpecification: { properties: object; required: string[] };
}

/** All four commands, one after the other. Gives what was not as it should be. */
export async function playAll(stage: Stage): Promise<string[]> {
  await spec(stage);
  if (!(await check(stage))) return ['The check failed, so nothing was read.'];
  await discover(stage);
  const problems = await readAll(stage);
  return problems.length > 0 ? problems : readAgain(stage);
}

async function spec({ files, print, run }: Stage): Promise<void> {
  await run('spec', {}, 'spec.jsonl');
  const message = await firstMessage(files.path('spec.jsonl'), 'SPEC');
  const { properties, required } = (message.spec as Specification).connectionSpecification;
  print(`  ${Object.keys(properties).length} options; required: ${required.join(', ')}`);
}

async function check({ files, print, run }: Stage): Promise<boolean> {
  await run('check', { config: 'config.json' }, 'check.jsonl');
  const { status, message } = (await firstMessage(files.path('check.jsonl'), 'CONNECTION_STATUS')).connectionStatus;
  print(`  ${(status === 'SUCCEEDED' ? green : red)(status)}${message === undefined ? '' : `: ${message}`}`);
  return status === 'SUCCEEDED';
}

async function discover({ files, print, run }: Stage): Promise<void> {
  await run('discover', { config: 'config.json' }, 'discover.jsonl');
  const { streams } = (await firstMessage(files.path('discover.jsonl'), 'CATALOG')).catalog;
  const incremental = streams.filter(({ supported_sync_modes: modes }) => modes.includes('incremental'));
  print(`  ${streams.length} streams; incremental: ${incremental.map(({ name }) => name).join(', ')}`);
  await files.writeCatalog('catalog.json', streams);
  await files.writeCatalog('incremental.json', incremental);
}
