import { setMaxListeners } from 'node:events';
import { loadConfig } from '../config-file.ts';
import type { Context } from '../core/context.ts';
import type { ConnectorError } from '../core/errors.ts';
import { parseInput, readInput } from '../core/input-file.ts';
import { parseConfiguredCatalog } from './configured-catalog.ts';
import { parseState } from './state.ts';
import { readStreams } from '../core/read-streams.ts';
import { streams } from '../platforms/compose/streams/index.ts';
import { chooseStreams } from './choose-streams.ts';
import { openReads } from './open-reads.ts';
import { showProgress } from '../core/progress-line.ts';
import { reportEnds, reportUnusable } from './report-ends.ts';
import { startLog } from './start-log.ts';

export interface ReadFiles {
  config: string;
  catalog: string;
  state: string | undefined;
}

/** Reads the streams of the configured catalog. 0 if every one of them is complete. */
export async function runRead(context: Context, files: ReadFiles, debug: boolean): Promise<number> {
  const log = startLog(context, 'read', debug);
  const config = await loadConfig(files.config, context.addSecret);
  const catalog = parseInput('catalog', files.catalog, await readInput('catalog', files.catalog));
  const { chosen, unusable } = chooseStreams(parseConfiguredCatalog(files.catalog, catalog), streams);
  const stateText = files.state === undefined ? '' : await readInput('state', files.state);
  const states = parseState(files.state ?? '', stateText, (sentence) => log.warn(sentence));
  if (chosen.length + unusable.length === 0)
    log.warn('the configured catalog has no streams, so there is nothing to read');

  // An abort from before is heard by no listener: a reader that is gone already would have everything read for nobody.
  context.signal.throwIfAborted();
  const stop = new AbortController();
  // Every wait and request listens to it; Node would warn about a leak on stderr.
  setMaxListeners(0, stop.signal);
  const passOn = (): void => stop.abort(context.signal.reason);
  context.signal.addEventListener('abort', passOn);
  let refusal: ConnectorError | undefined;
  const { reads, close } = openReads({
    context,
    config,
    log,
    chosen,
    states,
    stateFile: files.state,
    signal: stop.signal,
    onTokenRefused(error) {
      refusal ??= error;
      stop.abort(error);
    },
  });
  const endProgress = context.watcher === undefined ? undefined : showProgress(reads, context.watcher);
  try {
    reportUnusable(context.writer, unusable);
    const ends = await readStreams(reads);
    context.signal.throwIfAborted();
    return reportEnds(context.writer, ends, unusable, refusal);
  } finally {
    endProgress?.();
    context.signal.removeEventListener('abort', passOn);
    await close();
  }
}
