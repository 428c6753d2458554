import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { type DiscoveredStream, configure } from '../test-support/catalogs.ts';
import { ROOT, programPath, runConnector } from '../test-support/connector.ts';
import { type Message, type MessageOf, firstOf, messagesInFile, messagesOf } from '../test-support/transcript.ts';
import type { Change, DemoApi, DemoPlatform } from './demo-platforms.ts';
import { recordTables } from './demo-records.ts';
import { type StreamTally, bold, count, dim, green, red, seconds, streamTable, tallyOf } from './demo-text.ts';

export interface DemoOptions {
  /** The message that `buildIfNeeded` returned. */
  program: string;
  folder: string;
  platforms: readonly DemoPlatform[];
  print: (text: string) => void;
  signal: AbortSignal;
}

/**
 * Shows how the connector reads a sandbox of each platform. If the records differ from the sandbox's, skips the
 * remaining platforms and returns false.
 */
export async function runDemo({ program, folder, platforms, print, signal }: DemoOptions): Promise<boolean> {
  print(`\n${bold(`source-compose ${manifest.version}`)}\n`);
  print(`  program  ${program}`);
  const top = new DemoFiles(folder);
  await top.create();
  await spec(openStage(top, print, signal));
  for (const platform of platforms) {
    const problems = await show(platform, new DemoFiles(join(folder, platform.folder)), print, signal);
    for (const problem of problems) print(red(`\n  ${problem}`));
    if (problems.length > 0) return false;
  }
  print(farewell(platforms.map((platform) => top.shown(platform.folder))));
  return true;
}

/** Runs every command for one platform, except `spec`, which is the same for all platforms. Returns the problems. */
async function show(
  platform: DemoPlatform,
  files: DemoFiles,
  print: DemoOptions['print'],
  signal: AbortSignal,
): Promise<string[]> {
  const api = await platform.start();
  try {
    print(`\n${bold(platform.title)}\n  ${api.about}`);
    await files.create();
    await files.writeConfig(api.config);
    return await playAll(api, openStage(files, print, signal));
  } finally {
    await api.close();
  }
}

function farewell(folders: readonly string[]): string {
  const lines = [
    ['config.json', 'the config, with the key or token of the sandbox'],
    ['catalog.json', 'the configured catalog, which fits any account'],
    ['read.jsonl', 'what read printed: one JSON message per line'],
    ['state.jsonl', 'its STATE lines, from which the second read continued'],
  ] as const;
  const list = lines.map(([name, what]) => `    ${name.padEnd(22)} ${what}`).join('\n');
  const where = folders.join(' and ');
  return `\n  What was written to ${where}:\n${list}\n\n  To try it by hand, see docs/command-line.md.\n`;
}

/** Runs the commands, and returns the problems. */
async function playAll(api: DemoApi, stage: Stage): Promise<string[]> {
  if (!(await check(stage))) return ['The check failed, so nothing was read.'];
  const names = await discover(stage);
  const problems = await readAll(api, names, stage);
  return problems.length > 0 ? problems : readAgain(api.change(), stage);
}

async function spec({ files, print, run }: Stage): Promise<void> {
  await run('spec', {}, 'spec.jsonl');
  const { properties } = (await first(files, 'spec.jsonl', 'SPEC')).spec.connectionSpecification;
  const { platform, ...common } = properties as unknown as { platform: { oneOf: Array<{ title: string }> } };
  const titles = platform.oneOf.map(({ title }) => title);
  print(`  platforms: ${titles.join(', ')}; ${Object.keys(common).length} options that all platforms have`);
}

async function check({ files, print, run }: Stage): Promise<boolean> {
  await run('check', { config: 'config.json' }, 'check.jsonl');
  const { status, message } = (await first(files, 'check.jsonl', 'CONNECTION_STATUS')).connectionStatus;
  print(`  ${(status === 'SUCCEEDED' ? green : red)(status)}${message === undefined ? '' : `: ${message}`}`);
  return status === 'SUCCEEDED';
}

async function discover({ files, print, run }: Stage): Promise<string[]> {
  await run('discover', { config: 'config.json' }, 'discover.jsonl');
  const { streams } = (await first(files, 'discover.jsonl', 'CATALOG')).catalog;
  const incremental = streams.filter(({ supported_sync_modes: modes }) => modes.includes('incremental'));
  print(`  ${streams.length} streams; incremental: ${incremental.map(({ name }) => name).join(', ')}`);
  await files.writeCatalog('catalog.json', streams);
  await files.writeCatalog('incremental.json', incremental);
  return streams.map(({ name }) => name);
}

/** The first message of the given type in a file that the program wrote. */
async function first<T extends Message['type']>(files: DemoFiles, name: string, type: T): Promise<MessageOf<T>> {
  return firstOf(messagesOf(await readFile(files.path(name), 'utf8')), type);
}

/** Reads every stream, and compares the number of records with the sandbox. Returns the differences. */
async function readAll(api: DemoApi, names: readonly string[], { files, print, run }: Stage): Promise<string[]> {
  const before = api.requests();
  const began = performance.now();
  await run('read', { config: 'config.json', catalog: 'catalog.json' }, 'read.jsonl');
  const ms = performance.now() - began;
  const { streams, stateLines } = await tallyOf(files.path('read.jsonl'));
  await files.writeLines('state.jsonl', stateLines);
  print(streamTable(streams));
  if (api.tables.length > 0) print(await recordTables(files.path('read.jsonl'), api.tables));
  const records = [...streams.values()].reduce((sum, stream) => sum + stream.records, 0);
  const rate = count(Math.round((records / ms) * 1_000));
  const asked = `${count(records)} records from ${count(api.requests() - before)} requests`;
  print(`\n  ${asked}, ${rate} per second, over the ${seconds(ms)} s that the program ran`);
  const differences = compare(names, streams, api.counts());
  if (differences.length === 0) print(green(`  All ${names.length} counts match the sandbox`));
  return differences;
}

function compare(
  names: readonly string[],
  streams: ReadonlyMap<string, StreamTally>,
  held: Readonly<Record<string, number>>,
): string[] {
  return names.flatMap((name) => {
    const read = streams.get(name)?.records ?? 0;
    const there = held[name] ?? 0;
    return read === there ? [] : [`${name}: ${count(read)} records were read, but the sandbox has ${count(there)}.`];
  });
}

/** Reads the incremental streams from the first read's state. Returns the missing records. */
async function readAgain(
  { happened, awaited, what, remarks }: Change,
  { files, print, run }: Stage,
): Promise<string[]> {
  print(`\n  Meanwhile, ${happened}. The next read resumes from the state of the first:`);
  await run('read', { config: 'config.json', catalog: 'incremental.json', state: 'state.jsonl' }, 'read-again.jsonl');
  const missing = new Map([...awaited].map(([stream, keys]) => [stream, new Set(keys)]));
  let again = 0;
  for await (const { message } of messagesInFile(files.path('read-again.jsonl'))) {
    if (message.type !== 'RECORD') continue;
    const { stream, data } = message.record;
    if (missing.get(stream)?.delete(String(data['id'])) !== true) again += 1;
  }
  const lost = [...missing].filter(([, keys]) => keys.size > 0);
  if (lost.length > 0)
    return lost.map(([stream, keys]) => `${stream}: ${count(keys.size)} of the ${what} are missing.`);
  print(streamTable((await tallyOf(files.path('read-again.jsonl'))).streams));
  const all = [...awaited.values()].reduce((sum, keys) => sum + keys.size, 0);
  print(`\n${green(`  All ${count(all)} ${what} were read`)}, and ${count(again)} known records were re-read.`);
  for (const sentence of remarks) print(`  ${sentence}`);
  return [];
}

/** The options of a command, each with the name of a file in the demo's folder. */
type FileOptions = Readonly<Partial<Record<'config' | 'catalog' | 'state', string>>>;

/** The context that all steps of the demo share. */
interface Stage {
  files: DemoFiles;
  print: (text: string) => void;
  /** Prints a program command, and runs it. */
  run: (command: string, options: FileOptions, output: string) => Promise<void>;
}

const MAX_WIDTH = 98;

function openStage(files: DemoFiles, print: (text: string) => void, signal: AbortSignal): Stage {
  const run: Stage['run'] = async (command, options, output) => {
    const named = Object.entries(options);
    const shown = named.map(([option, name]) => `--${option} ${files.shown(name)}`);
    print(
      `\n${dim(wrapped(`$ node ${relative(ROOT, programPath())} ${command}`, [...shown, `> ${files.shown(output)}`]))}`,
    );
    const args = named.flatMap(([option, name]) => [`--${option}`, files.path(name)]);
    await runProgram([command, ...args], files.path(output), signal);
  };
  return { files, print, run };
}

/**
 * Runs the built program with stdout redirected to a file. Throws if the exit code isn't 0. If the signal is aborted, the program is
 * stopped before this function returns, so it never outlives the demo.
 */
async function runProgram(args: readonly string[], outputFile: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { exitCode } = await runConnector(args, {
    cwd: ROOT,
    env: process.env,
    stdout: { file: outputFile },
    stderr: 'show',
    abort: signal,
  });
  signal.throwIfAborted();
  if (exitCode !== 0) throw new Error(`source-compose ${args[0]} exited with ${exitCode}: see ${outputFile}`);
}

/** Formats the words as one line, or as several lines that a shell joins. */
function wrapped(start: string, words: readonly string[]): string {
  let text = start;
  let width = start.length;
  for (const word of words) {
    const fits = width + 1 + word.length <= MAX_WIDTH;
    text += fits ? ` ${word}` : ` \\\n    ${word}`;
    width = fits ? width + 1 + word.length : 4 + word.length;
  }
  return text;
}

/** The files that the demo writes, in a folder that Git ignores. */
class DemoFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async create(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The path relative to the repository's root. */
  shown(name: string): string {
    return relative(ROOT, this.path(name));
  }

  /** The file is private, because a config contains a token or key. */
  async writeConfig(config: object): Promise<void> {
    await this.writeJson('config.json', config);
    await chmod(this.path('config.json'), 0o600);
  }

  /** Writes a catalog that selects incremental mode for each stream that supports it. */
  async writeCatalog(name: string, streams: readonly DiscoveredStream[]): Promise<void> {
    const destination = { full_refresh: 'overwrite', incremental: 'append_dedup' };
    await this.writeJson(name, configure(streams, 'incremental', destination));
  }

  async writeLines(name: string, lines: readonly string[]): Promise<void> {
    await writeFile(this.path(name), lines.map((line) => `${line}\n`).join(''));
  }

  async writeJson(name: string, value: object): Promise<void> {
    await writeFile(this.path(name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  }
}
