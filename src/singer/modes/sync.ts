import { type Config, configFrom, platformOf } from '../../config.ts';
import { type WantedStream, openReads } from '../../connector.ts';
import type { Context } from '../../program/context.ts';
import { withoutDeselectedDetails } from '../../core/retrieval/shared/deselected.ts';
import { inputError } from '../../core/failure/errors.ts';
import { parseInput, readInput } from '../../program/input-file.ts';
import { readStreams } from '../../core/reading/read-streams.ts';
import type { Row } from '../../core/record/row.ts';
import { isOffered } from '../../core/stream/stream.ts';
import { bookmarkOf, bookmarked, foreignKeys, stateOf } from '../protocol/bookmarks.ts';
import type { TapFiles } from '../command-line.ts';
import { reportEnds } from '../protocol/failures.ts';
import { type OutputStream, type SingerOutput, openOutput } from '../protocol/output.ts';
import { type Selection, everything, selectionIn } from '../protocol/selection.ts';
import { readSettings } from '../protocol/settings.ts';
import { bookmarkFor, readTapState } from '../protocol/state-file.ts';
import { StateLines } from '../protocol/state-lines.ts';

/** Reads the streams that the catalog selects. 0 if every one of them is complete. */
export async function runSync(context: Context, files: TapFiles, debug: boolean): Promise<number> {
  const output = openOutput(context, 'sync', debug);
  const config = await loadTapConfig(context, files.configs, output);
  const { selected, unusable } = await selectionOf(files.catalog, config, output);
  const state = await readTapState(files.state);
  if (selected.length + unusable.length === 0)
    output.log(
      'warn',
      'no stream is selected, so there is nothing to read; select streams in the catalog, or read without one',
    );

  // A reader that is gone already would have everything read for nobody.
  context.signal.throwIfAborted();
  const states = new StateLines(context.writer, state, Date.now);
  const opened = selected.map((stream): OutputStream & { wanted: WantedStream } => {
    const { definition, mode } = stream;
    const where = `The bookmark of ${definition.name} in the state file ${files.state}`;
    // A read in full begins at the beginning, whatever the bookmark says, and leaves that as it is.
    const about = mode === 'incremental' ? bookmarked(config.platform.name, definition) : undefined;
    const earlier = about === undefined ? undefined : bookmarkFor(definition.name, state, files.state);
    const foreign = about === undefined ? {} : foreignKeys(earlier ?? {}, about);
    const from = about === undefined || earlier === undefined ? {} : stateOf(earlier, about, where);
    return {
      ...stream,
      bookmark: about === undefined ? undefined : (now) => ({ ...foreign, ...bookmarkOf(now as Row, about) }),
      wanted: { definition: withoutDeselectedDetails(definition, stream.deselected), mode, state: from, where },
    };
  });
  output.open(opened, states);
  const { streams, refusal, close } = openReads(
    config,
    context,
    output,
    opened.map(({ wanted }) => wanted),
  );
  for (const [i, { reader }] of streams.entries()) {
    const { bookmark } = opened[i] as OutputStream;
    const { cursor, stream } = reader;
    if (bookmark !== undefined && cursor !== undefined) states.set(stream.name, () => bookmark(cursor.state()));
  }
  states.first();
  try {
    const ends = await readStreams(streams).finally(() => states.final());
    context.signal.throwIfAborted();
    return reportEnds(output, ends, unusable, refusal());
  } finally {
    await close();
  }
}

const NO_VARIABLES =
  'The environment names no platform. For IBM Cloud Databases, set TAP_COMPOSE_PLATFORM_NAME=ibm_cloud and TAP_COMPOSE_PLATFORM_API_KEY; for Compose, set TAP_COMPOSE_PLATFORM_NAME=compose and TAP_COMPOSE_PLATFORM_API_TOKEN.';

/** Reads and checks the config that the files and variables make. Throws one sentence about what is wrong with it. */
export async function loadTapConfig(
  { env }: Context,
  configs: readonly string[],
  output: SingerOutput,
): Promise<Config> {
  const { settings, source } = await readSettings(configs, env);
  const isEmpty = settings['platform'] === undefined && settings['api_token'] === undefined;
  if (isEmpty && configs.every((each) => each === 'ENV')) throw inputError(NO_VARIABLES);
  return configFrom(settings, source, (sentence) => output.log('warn', sentence));
}

async function selectionOf(file: string | undefined, config: Config, output: SingerOutput): Promise<Selection> {
  const { streams } = platformOf(config);
  if (file === undefined) return everything(streams.filter((stream) => isOffered(stream, config.platform)));
  const catalog = parseInput('catalog', file, await readInput('catalog', file));
  return selectionIn(catalog, file, { streams, platform: config.platform }, (sentence) => output.log('warn', sentence));
}
