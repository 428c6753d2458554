import { loadConfig, offeredStreams, platformOf } from '../config.ts';
import { openReads } from '../connector.ts';
import { asConnectorError } from '../core/failure/errors.ts';
import type { Output, StreamSink } from '../core/output/output.ts';
import type { Exchange } from '../http/client-options.ts';
import type { Context } from '../program/context.ts';
import { Exchanges, endpointOf } from './exchanges.ts';
import { reportOf } from './report.ts';
import { StreamShape } from './shape.ts';

/** Reads all streams once, and prints only a report, without account data. Returns 1 if all streams failed or there is no report. */
export async function runVerify(context: Context, configPath: string): Promise<number> {
  try {
    return await verify(context, configPath);
  } catch (thrown) {
    context.signal.throwIfAborted();
    const { problem, message, internalMessage = '' } = asConnectorError(thrown);
    context.stderr(`source-compose: ${message}${problem === 'unexpected' ? ` ${internalMessage}` : ''}\n`);
    return 1;
  }
}

async function verify(context: Context, configPath: string): Promise<number> {
  // Open stdout first, because the report would be lost if stdout is closed.
  const { writer } = context;
  const config = await loadConfig(configPath, (sentence) => context.stderr(`Warning: ${sentence}\n`));
  context.signal.throwIfAborted();
  const platform = platformOf(config);
  const offered = offeredStreams(config);
  const shapes = new Map(offered.map((stream) => [stream.name, new StreamShape(stream, context.stderr)]));
  // Log lines are not kept, because they could contain names.
  const output: Output = { stream: (name) => shapes.get(name) as StreamSink, log: () => undefined };
  const exchanges = new Exchanges(platform.probes ?? {});
  const wanted = offered.map((definition) => ({ definition, mode: 'full_refresh' as const, state: {}, where: '' }));
  const logsRequests = context.env['LOG_LEVEL']?.toLowerCase() === 'debug';
  const began = performance.now();
  const onExchange = (exchange: Exchange): void => {
    exchanges.see(exchange);
    const { request, status, ms } = exchange;
    const response = status === 0 ? 'no response' : `HTTP ${status}`;
    if (logsRequests) context.stderr(`${endpointOf(request)}: ${response} in ${ms} ms\n`);
  };
  const { streams, api, toEnd } = openReads(config, context, output, wanted, onExchange);
  // Even if the summary fails, continue with `toEnd`, which closes the connections.
  const [summary] = await Promise.allSettled([platform.summary?.(config.platform, api)]);
  const { ends, rejection } = await toEnd();
  context.signal.throwIfAborted();
  if (rejection !== undefined) throw rejection;
  if (summary.status === 'rejected') throw summary.reason;
  const failed = ends.filter(({ end }) => end === 'failed');
  for (const { name } of failed) context.stderr(`${name}: failed\n`);
  writer.line(
    reportOf({
      platform: config.platform.name,
      seconds: (performance.now() - began) / 1_000,
      summary: summary.value,
      hasQuestions: platform.probes !== undefined,
      exchanges,
      streams,
      ends,
      shapes,
    }),
  );
  return failed.length === ends.length ? 1 : 0;
}
