import type { ConfiguredCatalog } from './catalog-schema.ts';
import type { CommandFiles } from './check.ts';
import type { FakeSource } from './fake-source.ts';
import { error, log, noCursor, record, state, status, type PlainMessage } from './valid-read.ts';

const perCheckpoint = 2;

/** What the fake prints for a read. Its incremental stream sends a STATE after every second record. */
export function fakeRead(source: FakeSource, { catalog, state: given }: CommandFiles): PlainMessage[] {
  source.reads += 1;
  const { streams } = catalog as ConfiguredCatalog;
  const known = source.catalog.streams.map(({ name }) => name);
  const isRefused = ({ stream, sync_mode: mode }: ConfiguredCatalog['streams'][number]): boolean =>
    !known.includes(stream.name) || !['full_refresh', 'incremental'].includes(mode);
  return [
    log('INFO', 'source-compose 1.2.3: read'),
    ...streams
      .filter((entry) => !isRefused(entry))
      .flatMap(({ stream: { name }, sync_mode: mode }) =>
        name === 'audit_events'
          ? incremental(source, mode === 'incremental' ? markOf(given) : undefined)
          : inFull(source, name),
      ),
    ...streams.filter(isRefused).map(({ stream }) => error('config_error', stream.name)),
  ];
}

function inFull(source: FakeSource, name: string): PlainMessage[] {
  const rows = source.rows[name] ?? [];
  return around(name, [...rows.map((row) => recordAt(source, name, row)), state(name, noCursor, rows.length)]);
}

function incremental(source: FakeSource, since: string | undefined): PlainMessage[] {
  const name = 'audit_events';
  const rows = (source.rows[name] ?? []).filter((row) => since === undefined || String(row['created_at']) >= since);
  const messages: PlainMessage[] = [];
  let mark = since;
  for (let at = 0; at < rows.length; at += perCheckpoint) {
    const some = rows.slice(at, at + perCheckpoint);
    mark = String(some.at(-1)?.['created_at']);
    messages.push(...some.map((row) => recordAt(source, name, row)));
    messages.push(state(name, { version: 1, mark }, some.length));
  }
  if (rows.length === 0) messages.push(state(name, { version: 1, ...(mark === undefined ? {} : { mark }) }, 0));
  return around(name, messages);
}

function around(name: string, messages: PlainMessage[]): PlainMessage[] {
  const summary = log('INFO', `${name}: done`);
  return [status(name, 'STARTED'), status(name, 'RUNNING'), ...messages, summary, status(name, 'COMPLETE')];
}

// Each read is a second later than the one before.
function recordAt(source: FakeSource, name: string, row: Readonly<Record<string, unknown>>): PlainMessage {
  const message = record(name, row);
  const emitted = message['record'] as { emitted_at: number };
  return { ...message, record: { ...emitted, emitted_at: emitted.emitted_at + source.reads * 1000 } };
}

function markOf(given: unknown): string | undefined {
  const states = (given ?? []) as { stream: { stream_state: { mark?: string } } }[];
  return states[0]?.stream.stream_state.mark;
}
