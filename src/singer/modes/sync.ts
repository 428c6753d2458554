import { type Config, configFrom, offeredStreams, platformOf } from '../../config.ts';
import { checkConnection, openReads } from '../../connector.ts';
import type { Context } from '../../program/context.ts';
import { inputError } from '../../core/failure/errors.ts';
import { readObject } from '../../program/input-file.ts';
import type { Stream } from '../../core/stream/stream.ts';
import { bookmarkFormatOf, stateOf } from '../protocol/bookmarks.ts';
import type { TapFiles } from '../command-line.ts';
import { catalogEntry } from '../protocol/catalog.ts';
import { reportEnds } from '../protocol/failures.ts';
import { type TapLog, openTapLog } from '../protocol/log.ts';
import { SingerOutput, type TapStream } from '../protocol/output.ts';
import { type Selection, selectionIn } from '../protocol/selection.ts';
import { readSettings } from '../protocol/settings.ts';
import { readTapState } from '../protocol/state-file.ts';
import { StateLines } from '../protocol/state-lines.ts';

/** Reads the streams selected in the catalog. Returns 0 if all streams are complete. */
export async function runSync(context: Context, files: TapFiles): Promise<number> {
  // Getting the writer opens stdout first, so that no requests are sent if stdout is closed.
  const { writer } = context;
  const log = openTapLog(context, 'sync');
  const config = await loadTapConfig(context, files.configs, log);
  const { selected, unusable } = await selectionOf(files.catalog, config, log);
  const saved = await readTapState(files.state);
  if (selected.length + unusable.length === 0)
    log.log(
      'warn',
      'no streams are selected, so there is nothing to read; select streams in the catalog, or run without a catalog',
    );

  context.signal.throwIfAborted();
  const wanted = selected.map(({ definition: stream, mode, deselected }): TapStream => {
    const { name } = stream;
    const where = `The bookmark of ${name} in the state file ${files.state}`;
    // A full refresh starts from the beginning, regardless of the bookmark, and leaves the bookmark unchanged.
    const format = mode === 'incremental' ? bookmarkFormatOf(config.platform.name, stream) : undefined;
    const bookmark = saved.bookmarks.get(name);
    const state = format === undefined || bookmark === undefined ? {} : stateOf(bookmark, format, where);
    return { definition: withoutDeselectedDetails(stream, deselected), deselected, mode, state, format, where };
  });
  const states = new StateLines(writer, saved, Date.now);
  const output = new SingerOutput(context, log, wanted, states);
  const { streams, toEnd } = openReads(config, context, output, wanted);
  for (const { reader } of streams) output.setState(reader.stream.name, reader.cursor?.state());
  states.send();
  const { ends, rejection } = await toEnd().finally(() => states.final());
  context.signal.throwIfAborted();
  return reportEnds(log, ends, unusable, rejection);
}

/** If all detail fields are deselected, returns the stream without its detail requests. */
function withoutDeselectedDetails(stream: Stream, deselected: ReadonlySet<string>): Stream {
  const { retrieval } = stream;
  if (retrieval.way !== 'shared' || retrieval.detail === undefined) return stream;
  const { detail } = retrieval;
  if (!detail.fields.every((field) => deselected.has(field))) return stream;
  return { ...stream, retrieval: { ...retrieval, detail: { ...detail, isWanted: () => false } } };
}

const NO_VARIABLES =
  'The environment does not specify a platform. For IBM Cloud Databases, set TAP_COMPOSE_PLATFORM_NAME=ibm_cloud and TAP_COMPOSE_PLATFORM_API_KEY; for Compose, set TAP_COMPOSE_PLATFORM_NAME=compose and TAP_COMPOSE_PLATFORM_API_TOKEN.';

async function loadTapConfig({ env }: Context, configs: readonly string[], log: TapLog): Promise<Config> {
  const { settings, source } = await readSettings(configs, env);
  const isEmpty = settings['platform'] === undefined && settings['api_token'] === undefined;
  if (isEmpty && configs.every((each) => each === 'ENV')) throw inputError(NO_VARIABLES);
  return configFrom(settings, source, (sentence) => log.log('warn', sentence));
}

async function selectionOf(file: string | undefined, config: Config, log: TapLog): Promise<Selection> {
  // Without a catalog file, use the discovered catalog, which selects everything.
  const catalog =
    file === undefined ? { streams: offeredStreams(config).map(catalogEntry) } : await readObject('catalog', file);
  const { platform } = config;
  return selectionIn(catalog, file, { streams: platformOf(config).streams, platform }, (text) => log.log('warn', text));
}

/** Tests the config and logs which streams can be read. Prints nothing on stdout. Returns 0 if the config works. */
export async function runTest(context: Context, configs: readonly string[]): Promise<number> {
  const log = openTapLog(context, 'test');
  const config = await loadTapConfig(context, configs, log);
  context.signal.throwIfAborted();
  const problems = await checkConnection(config, context, log);
  if (problems.length === 0) log.log('info', 'the config works');
  else log.log('fatal', problems.join(' '));
  return problems.length === 0 ? 0 : 1;
}
