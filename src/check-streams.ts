import { type Config, offeredStreams, platformOf } from './config.ts';
import { type ConnectorError, expectedError } from './core/failure/errors.ts';
import type { Log } from './core/output/output.ts';
import type { Skipped } from './core/retrieval/partitions.ts';
import { type Probed, probe } from './core/retrieval/probe.ts';
import type { Stream } from './core/stream/stream.ts';
import type { Api } from './platforms/platform.ts';

interface Line {
  level: 'info' | 'warn';
  text: string;
  /** Why the stream can't be read. Set only for a stream that requires an option. */
  failure?: ConnectorError | undefined;
}

/**
 * Logs whether the credentials can read each available stream, in catalog order. Each part that they can't read has its own line, which says
 * what to do.
 * Streams that have no result when `late` resolves are reported as not checked. Returns the first error of a stream that requires an
 * option.
 */
export async function checkStreams(
  config: Config,
  shared: unknown,
  api: Pick<Api, 'get'>,
  output: Log,
  late: Promise<'late'>,
): Promise<ConnectorError | undefined> {
  const platform = platformOf(config);
  const lines = (await Promise.all(offeredStreams(config).map(linesOf))).flat();
  for (const { level, text } of lines) output.log(level, text);
  return lines.map(({ failure }) => failure).find((failure) => failure !== undefined);

  async function linesOf(stream: Stream): Promise<Line[]> {
    const { name, needsOption } = stream;
    const probed = probe(stream, shared, (request) => api.get(request, name), config.fail_on_refused_deployments).catch(
      (thrown): Probed => ({ rows: undefined, skipped: [{ label: '', error: expectedError(thrown) }] }),
    );
    const outcome = await Promise.race([probed, late]);
    const warn = (text: string, failure?: ConnectorError): Line => ({
      level: 'warn',
      text: `${name}: ${text}`,
      failure,
    });
    if (outcome === 'late') return [warn('not checked: no response in time')];
    const { rows, skipped } = outcome;
    const lineOf = async (part: Skipped): Promise<Line> => {
      const { error, label } = part;
      const isTransient = error.failureType === 'transient_error' && !error.is('unreachable');
      const isTokenRejected = error.problem === 'token_rejected';
      const lacksRole = isTokenRejected || (error.is('rejection') && !error.is('absence'));
      const answer = isTokenRejected ? 'HTTP 401' : error.answer;
      const command = lacksRole && answer !== undefined ? await platform.grant?.(name, shared, part) : undefined;
      const advice = command === undefined ? '' : `. To grant the missing role, run this command: ${command}`;
      if (rows !== undefined) return warn(`readable, except for ${label} (${answer ?? error.message})${advice}`);
      const reason = command === undefined ? error.message : `${answer}${advice}`;
      if (isTransient) return warn(`not checked: ${reason}`);
      return warn(`not readable: ${reason}`, needsOption === undefined ? undefined : error);
    };
    if (skipped.length > 0) return Promise.all((rows === undefined ? skipped.slice(0, 1) : skipped).map(lineOf));
    if (rows !== 0) return [{ level: 'info', text: `${name}: readable` }];
    const command = await platform.grant?.(name, shared);
    const hint =
      command === undefined
        ? ''
        : `. If records are missing, run this command to grant the role that makes them visible: ${command}`;
    return [{ level: 'info', text: `${name}: readable, but the check found no records${hint}` }];
  }
}
