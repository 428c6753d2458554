import { check, inEach, type Check, type CheckContext } from './check.ts';
import type { CommandRun } from './command-run.ts';
import type { BasicReadTest } from './config.ts';
import type { DiscoveredStream } from './catalog-schema.ts';
import { discoveredWith } from './discovery.ts';
import type { RecordMessage } from './message-schema.ts';
import { fullRefreshOf, recordsOf } from './read-result.ts';

/** A read of every stream that is not declared empty, and what it is to be judged by. */
export interface BasicRead {
  readonly run: CommandRun;
  readonly streams: readonly DiscoveredStream[];
  readonly test: BasicReadTest;
  readonly context: CheckContext;
}

/** Reads all streams in full; every check of the section looks at the same read. */
async function basicRead(context: CheckContext, test: BasicReadTest): Promise<BasicRead> {
  const catalog = await discoveredWith(context, test.config_path);
  const empty = test.empty_streams.map(({ name }) => name);
  const configured = fullRefreshOf(catalog, empty);
  const run = await context.run('read', { config: await context.file(test.config_path), catalog: configured });
  return { run, streams: catalog.streams.filter(({ name }) => !empty.includes(name)), test, context };
}

/** A check of the basic read as a whole. */
export function readCheck(
  number: number,
  name: string,
  sentence: string,
  find: (read: BasicRead) => readonly string[] | Promise<readonly string[]>,
): Check {
  return check(number, name, sentence, (context) =>
    inEach(context.tests.basic_read.tests, async (test) => find(await basicRead(context, test))),
  );
}

/** A check of each stream of the basic read. */
export function readStreamCheck(
  number: number,
  name: string,
  sentence: string,
  find: (records: readonly RecordMessage[], stream: DiscoveredStream, read: BasicRead) => readonly string[],
): Check {
  return readCheck(number, name, sentence, (read) =>
    read.streams.flatMap((stream) =>
      find(recordsOf(read.run, stream.name), stream, read).map((found) => `${stream.name}: ${found}`),
    ),
  );
}
