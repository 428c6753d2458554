import { loadConfig, platformOf } from '../../config.ts';
import { openReads } from '../../connector.ts';
import type { WantedStream } from '../../core/retrieval/open-stream.ts';
import type { Context } from '../../program/context.ts';
import { readInput, readObject } from '../../program/input-file.ts';
import { followRead } from '../../program/terminal.ts';
import type { ReadFiles } from '../command-line.ts';
import { chooseStreams, streamsIn, streamsNamed } from '../protocol/configured-catalog.ts';
import { failuresOf, sendError } from '../protocol/failures.ts';
import { openAirbyteOutput } from '../protocol/output.ts';
import { parseState } from '../protocol/state.ts';

/** Reads the streams in the configured catalog or in `--streams`. Returns the exit code, which is 0 only if all streams are complete. */
export async function runRead(context: Context, files: ReadFiles): Promise<number> {
  const output = openAirbyteOutput(context, 'read');
  const warn = (sentence: string): void => output.log('warn', sentence);
  const config = await loadConfig(files.config, (sentence) => output.tell('warn', sentence));
  const { catalog } = files;
  const configured =
    catalog === undefined
      ? streamsNamed(files.streams ?? '', config)
      : streamsIn(await readObject('catalog', catalog), catalog);
  const { chosen, unusable } = chooseStreams(configured, platformOf(config).streams, config.platform);
  // The user typed the stream names and can correct them immediately, so report an error before anything is read.
  if (catalog === undefined && unusable[0] !== undefined) throw unusable[0].error;
  const stateText = files.state === undefined ? '' : await readInput('state', files.state);
  const states = parseState(files.state ?? '', stateText, warn);
  if (configured.length === 0) {
    warn('no streams are selected, so there is nothing to read; add streams to the catalog, or use --streams all');
  }

  context.signal.throwIfAborted();
  const wanted = chosen.map(({ definition, mode }): WantedStream => {
    const where = `The state of ${definition.name} in the state file ${files.state}`;
    return { definition, mode, state: states.get(definition.name) ?? {}, where };
  });
  const { streams, toEnd } = openReads(config, context, output, wanted);
  const endFollowing = context.terminal === undefined ? undefined : followRead(streams, context.terminal);
  for (const { name } of unusable) {
    output.status(name, 'STARTED');
    output.status(name, 'INCOMPLETE');
  }
  const { ends, rejection } = await toEnd();
  const failures = failuresOf([...ends, ...unusable], rejection);
  const sentences = failures.map(({ name, error }) => (name === undefined ? '' : `${name}: `) + error.message);
  endFollowing?.(sentences, context.signal.aborted);
  context.signal.throwIfAborted();
  // Errors are reported last, because some clients stop reading at the first error.
  for (const failure of failures) sendError(output, failure);
  // If the exit code is 0, Airbyte considers every stream complete, regardless of its status.
  return failures.length === 0 && ends.every(({ end }) => end === 'complete') ? 0 : 1;
}
