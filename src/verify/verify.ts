import { loadConfig, platformOf } from '../config.ts';
import { openReads } from '../connector.ts';
import { isOffered } from '../core/stream/stream.ts';
import type { Context } from '../program/context.ts';
import { followRead } from '../program/terminal.ts';
import { Answers } from './answers.ts';
import { reportOf } from './report.ts';
import { ShapesOutput } from './shape.ts';
import { Traffic, endpointOf } from './traffic.ts';

/** Reads all streams once, discards the records, and prints a report that shows no data of the account. Returns 0. */
export async function runVerify(context: Context, configPath: string, debug: boolean): Promise<number> {
  const config = await loadConfig(configPath, (sentence) => context.stderr(`Warning: ${sentence}\n`));
  context.signal.throwIfAborted();
  const { streams: all, probes } = platformOf(config);
  const offered = all.filter((stream) => isOffered(stream, config.platform));
  const output = new ShapesOutput(offered);
  const traffic = new Traffic();
  const answers = probes === undefined ? undefined : new Answers(probes);
  const wanted = offered.map((definition) => ({ definition, mode: 'full_refresh' as const, state: {}, where: '' }));
  const began = performance.now();
  const { streams, toEnd } = openReads(config, context, output, wanted, (exchange) => {
    const endpoint = endpointOf(exchange.request);
    traffic.see(endpoint, exchange);
    answers?.see(endpoint, exchange);
    if (debug) context.stderr(`${endpoint}: HTTP ${exchange.status} in ${exchange.ms} ms\n`);
  });
  const endFollowing = context.terminal === undefined ? undefined : followRead(streams, context.terminal);
  const { ends, rejection } = await toEnd();
  endFollowing?.({ failures: [], stopped: context.signal.aborted });
  context.signal.throwIfAborted();
  if (rejection !== undefined) throw rejection;
  const { shapes } = output;
  const seconds = (performance.now() - began) / 1_000;
  context.print(reportOf({ platform: config.platform.name, seconds, answers, traffic, streams, ends, shapes }));
  return 0;
}
