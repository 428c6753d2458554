import type { Config } from './config.ts';
import { asConnectorError } from './core/failure/errors.ts';
import type { Log } from './core/output/output.ts';
import { probe } from './core/retrieval/probe.ts';
import { type Stream, isOffered } from './core/stream/stream.ts';
import type { Api, Platform } from './platforms/platform.ts';

/**
 * Logs a line for each stream, in the order of the catalog: whether the credentials can read it, and if not, how to grant
 * that. Returns the error of a stream that an option asks for. `late` resolves when
 * no line waits any longer.
 */
export async function checkStreams<C extends Config['platform'], S>(
  { streams, grant }: Pick<Platform<C, S>, 'streams' | 'grant'>,
  platform: C,
  shared: S,
  api: Pick<Api, 'get'>,
  output: Log,
  late: Promise<'late'>,
): Promise<Error | undefined> {
  const lines = streams
    .filter((stream) => isOffered(stream, platform))
    .map(async (stream) =>
      lineOf(
        stream,
        probe(stream, shared, (request) => api.get(request, stream.name)),
      ),
    );
  const failures: Error[] = [];
  for (const { level, line, failure } of await Promise.all(lines)) {
    output.log(level, line);
    if (failure !== undefined) failures.push(failure);
  }
  return failures[0];

  async function lineOf({ name, needsOption }: Stream<S>, count: Promise<number>) {
    try {
      const rows = await (needsOption === undefined ? Promise.race([count, late]) : count);
      if (rows === 'late') return { level: 'warn', line: `${name}: not checked: no response in time` } as const;
      if (rows > 0) return { level: 'info', line: `${name}: readable` } as const;
      const hidden = await grant?.(name, shared, 'hidden');
      const hint = hidden === undefined ? '' : `. What the credentials can't view is hidden; to view it: ${hidden}`;
      return { level: 'info', line: `${name}: readable, empty so far${hint}` } as const;
    } catch (thrown) {
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      const lacksRole = error.problem === 'token_rejected' || (error.isRejection && !error.isAbsence);
      const command = lacksRole ? await grant?.(name, shared, 'rejected') : undefined;
      const reason =
        command === undefined ? error.message : `${error.answer ?? 'HTTP 401'}. To grant the missing role: ${command}`;
      const failure = needsOption === undefined ? undefined : error;
      return { level: 'warn', line: `${name}: not readable: ${reason}`, failure } as const;
    }
  }
}
