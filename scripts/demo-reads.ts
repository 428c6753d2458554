import { messagesIn } from './demo-messages.ts';
import type { Stage } from './demo-stage.ts';
import { type StreamTally, tallyOf } from './demo-tally.ts';
import { count, green, seconds, streamTable } from './demo-text.ts';

/** What happens in the account between the two reads. */
const NEW_EVENTS = 5;

/** Reads every stream, and compares the number of records with what the stand-in holds. Gives what differs. */
export async function readAll({ files, sandbox, print, run }: Stage): Promise<string[]> {
  const began = performance.now();
  await run('read', { config: 'config.json', catalog: 'catalog.json' }, 'read.jsonl');
  const ms = performance.now() - began;
  const { streams, stateLines } = await tallyOf(files.path('read.jsonl'));
  await files.writeLines('state.jsonl', stateLines);
  print(streamTable(streams));
  const records = [...streams.values()].reduce((sum, stream) => sum + stream.records, 0);
  const rate = count(Math.round((records / ms) * 1_000));
  print(`\n  ${rate} records a second, over the ${seconds(ms)} s from the program's start to its end`);
  const differences = compare(streams, sandbox.counts());
  if (differences.length === 0) print(green(`  All ${streams.size} counts are what the API holds`));
  return differences;
}

function compare(streams: ReadonlyMap<string, StreamTally>, held: Readonly<Record<string, number>>): string[] {
  const names = new Set([...Object.keys(held), ...streams.keys()]);
  return [...names].flatMap((name) => {
    const read = streams.get(name)?.records ?? 0;
    const there = held[name] ?? 0;
    return read === there ? [] : [`${name}: ${count(read)} records were read, but the API holds ${count(there)}.`];
  });
}

/** Reads the incremental streams from the state of the first read. Gives what is missing. */
export async function readAgain({ files, sandbox, print, run }: Stage): Promise<string[]> {
  sandbox.addEvents(NEW_EVENTS);
  print(`\n  Meanwhile, ${NEW_EVENTS} more audit events. The next read goes on from the state of the first:`);
  await run('read', { config: 'config.json', catalog: 'incremental.json', state: 'state.jsonl' }, 'read-again.jsonl');
  const awaited = newest(sandbox.keys('audit_events'), NEW_EVENTS);
  let again = 0;
  for await (const { message } of messagesIn(files.path('read-again.jsonl'))) {
    if (message.type !== 'RECORD') continue;
    const { stream, data } = message.record;
    if (stream !== 'audit_events' || !awaited.delete(String(data['id']))) again += 1;
  }
  if (awaited.size > 0) return [`${awaited.size} of the new audit events did not come.`];
  print(streamTable((await tallyOf(files.path('read-again.jsonl'))).streams));
  print(
    `\n${green(`  The ${NEW_EVENTS} new ones came`)}, and ${again} records once more, from within the look-back window`,
  );
  return [];
}

function newest(ids: Iterable<string>, most: number): Set<string> {
  const first = new Set<string>();
  for (const id of ids) {
    first.add(id);
    if (first.size === most) break;
  }
  return first;
}
