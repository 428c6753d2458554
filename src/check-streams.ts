import type { Config } from './config.ts';
import { type ConnectorError, asConnectorError } from './core/failure/errors.ts';
import type { Log } from './core/output/output.ts';
import { probe } from './core/retrieval/probe.ts';
import { type Stream, isOffered } from './core/stream/stream.ts';
import type { Api, Platform } from './platforms/platform.ts';

interface Line {
  level: 'info' | 'warn';
  text: string;
  /** Why a stream that an option enables can't be read. */
  failure?: ConnectorError | undefined;
}

/**
 * Logs a line for each stream, in the order of the catalog: whether the credentials can read it, and if not, how to
 * change that. No line waits longer than `late`. Returns the error of a stream that an option enables.
 */
export async function checkStreams<C extends Config['platform'], S>(
  { streams, grant }: Pick<Platform<C, S>, 'streams' | 'grant'>,
  platform: C,
  shared: S,
  api: Pick<Api, 'get'>,
  output: Log,
  late: Promise<'late'>,
): Promise<ConnectorError | undefined> {
  const offered = streams.filter((stream) => isOffered(stream, platform));
  const lines = await Promise.all(offered.map(lineOf));
  for (const { level, text } of lines) output.log(level, text);
  return lines.map(({ failure }) => failure).find((failure) => failure !== undefined);

  async function lineOf(stream: Stream<S>): Promise<Line> {
    const { name, needsOption } = stream;
    const count = probe(stream, shared, (request) => api.get(request, name));
    try {
      const rows = await (needsOption === undefined ? Promise.race([count, late]) : count);
      if (rows === 'late') return { level: 'warn', text: `${name}: not checked: no response in time` };
      if (rows > 0) return { level: 'info', text: `${name}: readable` };
      const command = await grant?.(name, shared, 'hidden');
      const hint = command === undefined ? '' : `. If records are missing, grant the role that shows them: ${command}`;
      return { level: 'info', text: `${name}: readable, empty so far${hint}` };
    } catch (thrown) {
      const error = asConnectorError(thrown);
      if (error.problem === 'unexpected') throw thrown;
      const lacksRole = error.problem === 'token_rejected' || (error.isRejection && !error.isAbsence);
      const command = lacksRole ? await grant?.(name, shared, 'rejected') : undefined;
      const reason =
        command === undefined ? error.message : `${error.answer ?? 'HTTP 401'}. Grant the missing role: ${command}`;
      const failure = needsOption === undefined ? undefined : error;
      return { level: 'warn', text: `${name}: not readable: ${reason}`, failure };
    }
  }
}
