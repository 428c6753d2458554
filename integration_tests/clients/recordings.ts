import { catalogOf } from '../workspace.ts';
import { runConnector } from '../run-connector.ts';
import type { Stage } from './stage.ts';

/** A command of the program, and the file with all that it printed to stdout. */
export interface Recording {
  what: string;
  path: string;
}

/** Runs every command, well and badly, so that messages of every kind are printed. */
export async function record({ sandbox, config, file }: Stage): Promise<Recording[]> {
  const good = ['--config', file('config.json', config)];
  const wrong = ['--config', file('wrong.json', { ...config, api_token: 'wrong' })];
  const reading = ['read', ...good, '--catalog', file('catalog.json', catalogOf('incremental'))];
  const recordings: Recording[] = [];
  const keep = async (what: string, args: string[]): Promise<string> => {
    const { stdout } = await runConnector(args);
    const path = file(`stdout-${recordings.length}.jsonl`, stdout);
    recordings.push({ what, path });
    return path;
  };

  await keep('spec', ['spec']);
  await keep('check', ['check', ...good]);
  await keep('check with a wrong token', ['check', ...wrong]);
  await keep('discover', ['discover', ...good]);
  const full = ['read', ...good, '--catalog', file('full.json', catalogOf('full_refresh'))];
  await keep('read in full, --debug', [...full, '--debug']);
  const state = await keep('read', reading);
  sandbox.addEvents(3);
  await keep('read from a state', [...reading, '--state', state]);
  await keep('read with a wrong token', reading.with(2, wrong[1] ?? ''));

  sandbox.setFaults([
    { path: '/teams', kind: 'status', status: 403 },
    { path: '/clusters', kind: 'status', status: 429, retryAfter: 1, times: 1 },
    { path: '/deployments/*/recipes', kind: 'envelope', shape: 'row-without-key' },
  ]);
  await keep('read with streams that fail, one that is told to wait', reading);
  await keep('read without a catalog', ['read', ...good, '--catalog', '/nowhere/catalog.json']);
  return recordings;
}
