import { composeConfig } from '../test-support/configs.ts';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/server.ts';
import { type DiscoveredStream, configure } from '../test-support/catalogs.ts';
import { ROOT, programPath, runConnector } from '../test-support/connector.ts';
import { type Message, type MessageOf, firstOf, messagesInFile, messagesOf } from '../test-support/transcript.ts';
import { type StreamTally, bold, count, dim, green, red, seconds, streamTable, tallyOf } from './demo-text.ts';

export interface DemoOptions {
  /** A word on the program that is shown: just built, or not. */
  program: string;
  folder: string;
  sandbox: Partial<SandboxOptions>;
  print: (text: string) => void;
  signal: AbortSignal;
}

/** Shows the connector at work on a stand-in for the Compose API. False if what it read is not what the API holds. */
export async function runDemo({ program, folder, sandbox: options, print, signal }: DemoOptions): Promise<boolean> {
  print(`\n${bold(`source-compose ${manifest.version}`)}\n`);
  print(`  program  ${program}`);
  const files = new DemoFiles(folder);
  await files.create();
  const sandbox = await startSandbox(options);
  try {
    print(`  API      ${sandbox.baseUrl}, a stand-in, since Compose closed on 1 March 2023`);
    await files.writeConfig(composeConfig({ api_token: sandbox.token, base_url: sandbox.baseUrl, page_size: 100 }));
    const problems = await playAll(openStage(sandbox, files, print, signal));
    for (const problem of problems) print(red(`\n  ${problem}`));
    if (problems.length === 0) print(farewell(files));
    return problems.length === 0;
  } finally {
    await sandbox.close();
  }
}

function farewell(files: DemoFiles): string {
  const lines = [
    ['config.json', 'the config, with the token of the stand-in'],
    ['catalog.json', 'the configured catalog, which fits any account'],
    ['read.jsonl', 'what read printed: one JSON message per line'],
    ['state.jsonl', 'its STATE lines, from which the second read continued'],
  ] as const;
  const list = lines.map(([name, what]) => `    ${files.shown(name).padEnd(22)} ${what}`).join('\n');
  return `\n  What was written:\n${list}\n\n  To try it by hand, follow "Use by hand" in README.md.\n`;
}

/** All four commands, one after the other. Gives what was not as it should be. */
async function playAll(stage: Stage): Promise<string[]> {
  await spec(stage);
  if (!(await check(stage))) return ['The check failed, so nothing was read.'];
  await discover(stage);
  const problems = await readAll(stage);
  return problems.length > 0 ? problems : readAgain(stage);
}

async function spec({ files, print, run }: Stage): Promise<void> {
  await run('spec', {}, 'spec.jsonl');
  const { properties, required } = (await first(files, 'spec.jsonl', 'SPEC')).spec.connectionSpecification;
  print(`  ${Object.keys(properties).length} options; required: ${required.join(', ')}`);
}

async function check({ files, print, run }: Stage): Promise<boolean> {
  await run('check', { config: 'config.json' }, 'check.jsonl');
  const { status, message } = (await first(files, 'check.jsonl', 'CONNECTION_STATUS')).connectionStatus;
  print(`  ${(status === 'SUCCEEDED' ? green : red)(status)}${message === undefined ? '' : `: ${message}`}`);
  return status === 'SUCCEEDED';
}

async function discover({ files, print, run }: Stage): Promise<void> {
  await run('discover', { config: 'config.json' }, 'discover.jsonl');
  const { streams } = (await first(files, 'discover.jsonl', 'CATALOG')).catalog;
  const incremental = streams.filter(({ supported_sync_modes: modes }) => modes.includes('incremental'));
  print(`  ${streams.length} streams; incremental: ${incremental.map(({ name }) => name).join(', ')}`);
  await files.writeCatalog('catalog.json', streams);
  await files.writeCatalog('incremental.json', incremental);
}

/** The first message of a type in a file that the program wrote. */
async function first<T extends Message['type']>(files: DemoFiles, name: string, type: T): Promise<MessageOf<T>> {
  return firstOf(messagesOf(await readFile(files.path(name), 'utf8')), type);
}

/** What happens in the account between the two reads. */
const NEW_EVENTS = 5;

/** Reads every stream, and compares the number of records with what the stand-in holds. Gives what differs. */
async function readAll({ files, sandbox, print, run }: Stage): Promise<string[]> {
  const began = performance.now();
  await run('read', { config: 'config.json', catalog: 'catalog.json' }, 'read.jsonl');
  const ms = performance.now() - began;
  const { streams, stateLines } = await tallyOf(files.path('read.jsonl'));
  await files.writeLines('state.jsonl', stateLines);
  print(streamTable(streams));
  const records = [...streams.values()].reduce((sum, stream) => sum + stream.records, 0);
  const rate = count(Math.round((records / ms) * 1_000));
  print(`\n  ${rate} records per second, over the ${seconds(ms)} s that the program ran`);
  const differences = compare(streams, sandbox.counts());
  if (differences.length === 0) print(green(`  All ${streams.size} counts match what the API holds`));
  return differences;
}

function compare(streams: ReadonlyMap<string, StreamTally>, held: Readonly<Record<string, number>>): string[] {
  const names = new Set([...Object.keys(held), ...streams.keys()]);
  return [...names].flatMap((name) => {
    const read = streams.get(name)?.records ?? 0;
    const there = held[name] ?? 0;
    return read === there ? [] : [`${name}: ${count(read)} records were read, but the API holds ${count(there)}.`];
  });
}

/** Reads the incremental streams from the state of the first read. Gives what is missing. */
async function readAgain({ files, sandbox, print, run }: Stage): Promise<string[]> {
  sandbox.addEvents(NEW_EVENTS);
  print(`\n  Meanwhile, ${NEW_EVENTS} audit events were added. The next read continues from the state of the first:`);
  await run('read', { config: 'config.json', catalog: 'incremental.json', state: 'state.jsonl' }, 'read-again.jsonl');
  const awaited = newest(sandbox.keys('audit_events'), NEW_EVENTS);
  let again = 0;
  for await (const { message } of messagesInFile(files.path('read-again.jsonl'))) {
    if (message.type !== 'RECORD') continue;
    const { stream, data } = message.record;
    if (stream !== 'audit_events' || !awaited.delete(String(data['id']))) again += 1;
  }
  if (awaited.size > 0) return [`${awaited.size} of the new audit events are missing.`];
  print(streamTable((await tallyOf(files.path('read-again.jsonl'))).streams));
  print(`\n${green(`  All ${NEW_EVENTS} new events came`)}. ${again} records from the lookback window came again`);
  return [];
}

function newest(ids: Iterable<string>, most: number): Set<string> {
  const first = new Set<string>();
  for (const id of ids) {
    first.add(id);
    if (first.size === most) break;
  }
  return first;
}

/** The options of a command, each with the name of a file in the demo's folder. */
type FileOptions = Readonly<Partial<Record<'config' | 'catalog' | 'state', string>>>;

/** What every step of the demo works with. */
interface Stage {
  files: DemoFiles;
  sandbox: Sandbox;
  print: (text: string) => void;
  /** Runs a command of the program, having shown it as one would type it. */
  run: (command: string, options: FileOptions, output: string) => Promise<void>;
}

const WIDEST = 98;

/** The stage for a demo that can be stopped by the signal. */
function openStage(sandbox: Sandbox, files: DemoFiles, print: (text: string) => void, signal: AbortSignal): Stage {
  const run: Stage['run'] = async (command, options, output) => {
    const named = Object.entries(options);
    const shown = named.map(([option, name]) => `--${option} ${files.shown(name)}`);
    print(
      `\n${dim(wrapped(`$ node ${relative(ROOT, programPath())} ${command}`, [...shown, `> ${files.shown(output)}`]))}`,
    );
    const args = named.flatMap(([option, name]) => [`--${option}`, files.path(name)]);
    await runProgram([command, ...args], files.path(output), signal);
  };
  return { files, sandbox, print, run };
}

/**
 * Runs the built program with its stdout going into a file, as `>` does. Throws unless it exits with 0. When the signal
 * is aborted the program is stopped, and waited for: it never outlives the demo.
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
  if (exitCode !== 0) throw new Error(`source-compose ${args[0]} exited with ${exitCode}: ${outputFile} says why`);
}

/** The words in one line, or in several where a shell lets them be broken. */
function wrapped(start: string, words: readonly string[]): string {
  let text = start;
  let width = start.length;
  for (const word of words) {
    const fits = width + 1 + word.length <= WIDEST;
    text += fits ? ` ${word}` : ` \\\n    ${word}`;
    width = fits ? width + 1 + word.length : 4 + word.length;
  }
  return text;
}

/** The files that the demo leaves behind, in a folder that git ignores. */
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

  /** As it is typed in the repository's folder. */
  shown(name: string): string {
    return relative(ROOT, this.path(name));
  }

  /** A config holds a token, so that nobody else may read it. */
  async writeConfig(config: object): Promise<void> {
    await this.writeJson('config.json', config);
    await chmod(this.path('config.json'), 0o600);
  }

  /** A catalog that reads incrementally where the stream can, in full where it cannot. */
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
