import type { Command, CommandRun } from './command-run.ts';
import type { AcceptanceTests } from './config.ts';
import { violation, type Violation } from './violation.ts';

/** The contents of the files that a command is given. One that is undefined is not passed. */
export interface CommandFiles {
  readonly config?: unknown;
  readonly catalog?: unknown;
  readonly state?: unknown;
}

/** What the sandbox holds, for comparison with a read. */
interface ExpectedRecords {
  counts(): Readonly<Record<string, number>>;
  keys(stream: string): Iterable<string>;
}

/** What a check may ask for. */
export interface CheckContext {
  readonly tests: AcceptanceTests;
  /** Runs a command. The same command with the same files runs once; `repetition` makes it run again. */
  run(command: Command, files?: CommandFiles, repetition?: string): Promise<CommandRun>;
  /** Every command that has run so far. */
  runs(): readonly CommandRun[];
  /** A JSON file of the project with the placeholders filled in; undefined if it does not exist. */
  file(path: string): Promise<unknown>;
  /** Does something while the API answers every request with a transient error. */
  duringOutage<T>(work: () => Promise<T>): Promise<T>;
  readonly expected: ExpectedRecords;
}

/** One numbered check of the acceptance suite: `sentence` holds when `run` finds nothing. */
export interface Check {
  readonly number: number;
  readonly name: string;
  readonly sentence: string;
  /** Its findings are worth a look, but fail nothing. */
  readonly warnsOnly?: boolean;
  run(context: CheckContext): Promise<Violation[]>;
}

/** Makes a check of a function that returns a sentence for each thing that is wrong. */
export function check(
  number: number,
  name: string,
  sentence: string,
  find: (context: CheckContext) => Promise<readonly string[]>,
): Check {
  return {
    number,
    name,
    sentence,
    run: async (context) => (await find(context)).map((found) => violation(`check ${number} ${name}`, found)),
  };
}

/** Collects the findings in each test of a section, one after the other. */
export async function inEach<T>(tests: readonly T[], find: (test: T) => Promise<readonly string[]>): Promise<string[]> {
  const found: string[] = [];
  for (const test of tests) found.push(...(await find(test)));
  return found;
}
