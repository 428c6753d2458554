import { type Config, loadConfig, platformOf } from '../../config.ts';
import { type WantedStream, openReads } from '../../connector.ts';
import type { Context } from '../../program/context.ts';
import { ConnectorError } from '../../core/failure/errors.ts';
import { parseInput, readInput } from '../../program/input-file.ts';
import { readStreams } from '../../core/reading/read-streams.ts';
import type { Row } from '../../core/record/row.ts';
import { type Stream, cursorFieldOf, isOffered, notOffered } from '../../core/stream/stream.ts';
import { followRun } from '../../program/terminal.ts';
import { unknownStream } from '../../streams.ts';
import type { ReadFiles } from '../command-line.ts';
import { type ConfiguredStream, parseConfiguredCatalog, syncModeOf } from '../protocol/configured-catalog.ts';
import { type UnusableStream, failuresOf, sentencesOf, reportFailures, reportUnusable } from '../protocol/failures.ts';
import type { StreamDescriptor, SyncMode } from '../protocol/messages.ts';
import { openOutput, warnOfConfig } from '../protocol/output.ts';
import { parseState } from '../protocol/state.ts';
import { streamsNamed } from './stream-names.ts';

/** Reads the streams of the configured catalog, or those named. 0 if every stream is complete. */
export async function runRead(context: Context, files: ReadFiles, debug: boolean): Promise<number> {
  const output = openOutput(context, 'read', debug);
  const warn = (sentence: string): void => output.log('warn', sentence);
  const config = await loadConfig(files.config, warnOfConfig(context, output));
  const configured = await configuredStreams(files, config);
  const { chosen, unusable } = chooseStreams(configured, platformOf(config).streams, config.platform);
  const stateText = files.state === undefined ? '' : await readInput('state', files.state);
  const states = parseState(files.state ?? '', stateText, warn);
  if (chosen.length + unusable.length === 0)
    warn('no streams are selected, so there is nothing to read; add streams to the catalog, or use --streams all');

  // A reader that is gone already would have everything read for nobody.
  context.signal.throwIfAborted();
  const wanted = chosen.map(({ definition, mode }): WantedStream => {
    const where = `The state of ${definition.name} in the state file ${files.state}`;
    return { definition, mode, state: states.get(definition.name) ?? {}, where };
  });
  const { streams, refusal, close } = openReads(config, context, output, wanted);
  const endFollowing = context.terminal === undefined ? undefined : followRun(streams, context.terminal);
  try {
    reportUnusable(output, unusable);
    const ends = await readStreams(streams);
    const failures = failuresOf(ends, unusable, refusal());
    endFollowing?.({
      failures: sentencesOf(failures),
      stopped: context.signal.aborted,
    });
    context.signal.throwIfAborted();
    reportFailures(output, failures);
    // On 0 Airbyte takes every stream as complete, whatever else it was told.
    return failures.length === 0 && ends.every(({ end }) => end === 'complete') ? 0 : 1;
  } finally {
    await close();
  }
}

async function configuredStreams({ catalog, streams }: ReadFiles, config: Config): Promise<ConfiguredStream[]> {
  if (catalog === undefined) return streamsNamed(streams ?? '', config);
  return parseConfiguredCatalog(catalog, parseInput('catalog', catalog, await readInput('catalog', catalog)));
}

interface ChosenStream {
  definition: Stream;
  mode: SyncMode;
}

/**
 * Finds the configured streams among those that the platform has for this part of the config. Those that are wrong do not
 * hinder the others.
 */
export function chooseStreams(
  configured: ConfiguredStream[],
  streams: readonly Stream[],
  platform: Row,
): { chosen: ChosenStream[]; unusable: UnusableStream[] } {
  const chosen: ChosenStream[] = [];
  const unusable = new Map<string, UnusableStream>();
  for (const { descriptor, syncMode } of configured) {
    const label = labelOf(descriptor);
    const same = configured.filter((other) => labelOf(other.descriptor) === label).length;
    const definition =
      descriptor.namespace === undefined ? streams.find(({ name }) => name === descriptor.name) : undefined;
    const mode = syncModeOf(syncMode);
    const problem =
      definition === undefined
        ? unknownStream(label, streams, platform['name'])
        : !isOffered(definition, platform)
          ? notOffered(definition)
          : same > 1
            ? `The configured catalog lists the stream ${label} ${same} times; keep one.`
            : mode === undefined
              ? `The stream ${label} has ${syncMode === undefined ? 'no sync_mode' : `an unknown sync_mode (${JSON.stringify(syncMode)})`}. Set it to full_refresh or incremental.`
              : undefined;
    if (problem !== undefined) {
      unusable.set(label, { descriptor, error: new ConnectorError('stream_not_usable', { detail: problem }) });
    } else if (definition !== undefined && mode !== undefined) {
      // Some clients ask every stream for incremental; one that has no cursor is read in full.
      chosen.push({ definition, mode: cursorFieldOf(definition) === undefined ? 'full_refresh' : mode });
    }
  }
  return { chosen, unusable: [...unusable.values()] };
}

function labelOf({ name, namespace }: StreamDescriptor): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}
