import { type Config, loadConfig, platformOf } from '../config.ts';
import { connect, openReads } from '../connector.ts';
import { asConnectorError } from '../core/failure/errors.ts';
import type { Log } from '../core/output/output.ts';
import { count } from '../core/reading/report.ts';
import { isOffered } from '../core/stream/stream.ts';
import type { Exchange } from '../http/client-options.ts';
import type { Context } from '../program/context.ts';
import { followRead } from '../program/terminal.ts';
import { Answers } from './answers.ts';
import { reportOf } from './report.ts';
import { ShapesOutput } from './shape.ts';
import { Traffic, endpointOf } from './traffic.ts';

/**
 * Reads all streams once, discards the records, and prints a report without any account data. Returns 1 if all streams failed or if
 * there is no report. Errors are written to stderr, because stdout may be redirected to a file for the report.
 */
export async function runVerify(context: Context, configPath: string, debug: boolean): Promise<number> {
  try {
    return await verify(context, configPath, debug);
  } catch (thrown) {
    context.signal.throwIfAborted();
    const { problem, message, internalMessage = '' } = asConnectorError(thrown);
    context.stderr(`source-compose: ${message}${problem === 'unexpected' ? ` ${internalMessage}` : ''}\n`);
    return 1;
  }
}

async function verify(context: Context, configPath: string, debug: boolean): Promise<number> {
  const config = await loadConfig(configPath, (sentence) => context.stderr(`Warning: ${sentence}\n`));
  context.signal.throwIfAborted();
  const { streams: all, probes } = platformOf(config);
  const offered = all.filter((stream) => isOffered(stream, config.platform));
  const { terminal } = context;
  const output = new ShapesOutput(offered, (stream, records) => {
    if (terminal === undefined) context.stderr(`${stream}: ${count(records, 'record')}\n`);
  });
  const traffic = new Traffic();
  const answers = probes === undefined ? undefined : new Answers(probes);
  const wanted = offered.map((definition) => ({ definition, mode: 'full_refresh' as const, state: {}, where: '' }));
  const began = performance.now();
  const onExchange = (exchange: Exchange): void => {
    const endpoint = endpointOf(exchange.request);
    traffic.see(endpoint, exchange);
    const { status, ms } = exchange;
    if (status !== 0) answers?.see(endpoint, exchange);
    if (debug) context.stderr(`${endpoint}: ${status === 0 ? 'no response' : `HTTP ${status}`} in ${ms} ms\n`);
  };
  const { streams, toEnd } = openReads(config, context, output, wanted, onExchange);
  const endFollowing = terminal && followRead(streams, terminal);
  const { ends, rejection } = await toEnd();
  endFollowing?.({ failures: [], stopped: context.signal.aborted });
  context.signal.throwIfAborted();
  if (rejection !== undefined) throw rejection;
  const failed = ends.filter(({ end }) => end === 'failed');
  for (const { name } of failed) context.stderr(`${name}: failed\n`);
  const { shapes } = output;
  const summary = await summaryOf(config, context, output, onExchange);
  const seconds = (performance.now() - began) / 1_000;
  context.print(
    reportOf({ platform: config.platform.name, seconds, summary, answers, traffic, streams, ends, shapes }),
  );
  return failed.length === ends.length ? 1 : 0;
}

async function summaryOf(
  config: Config,
  context: Context,
  output: Log,
  onExchange: (exchange: Exchange) => void,
): Promise<string | undefined> {
  const { signal } = context;
  const { client, api } = connect(config, context, output, { signal, onExchange, onRateLimit: () => undefined });
  try {
    return await platformOf(config).summary?.(config.platform, api);
  } finally {
    await client.close();
  }
}
