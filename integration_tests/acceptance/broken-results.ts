import type { CommandRun } from './command-run.ts';
import { parseTranscript } from './transcript.ts';
import { discovered, error, log, record, textOf, type PlainMessage } from './valid-read.ts';

/** A valid spec, check or discover, the same with one thing broken, and the rules that must catch it. */
export interface BrokenResult {
  readonly name: string;
  readonly valid: CommandRun;
  readonly broken: CommandRun;
  readonly rules: readonly string[];
}

const spec = {
  type: 'SPEC',
  spec: {
    protocol_version: '0.2.0',
    documentationUrl: 'https://example.org/docs',
    changelogUrl: 'https://example.org/changes',
    connectionSpecification: { type: 'object', properties: {} },
  },
};
const succeeded = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } };
const failed = { type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: 'No such token.' } };
const catalog = { type: 'CATALOG', catalog: discovered };
const hello = log('INFO', 'hello');

function runOf(
  command: CommandRun['command'],
  messages: readonly PlainMessage[],
  exitCode = 0,
  rest: Partial<CommandRun> = {},
): CommandRun {
  return { command, transcript: parseTranscript(textOf(messages)), exitCode, stderr: '', ...rest };
}

export const brokenResults: readonly BrokenResult[] = [
  {
    name: 'spec prints two results',
    valid: runOf('spec', [hello, spec]),
    broken: runOf('spec', [spec, spec]),
    rules: ['1.13 exactly one result'],
  },
  {
    name: 'spec prints nothing',
    valid: runOf('spec', [spec]),
    broken: runOf('spec', []),
    rules: ['1.13 exactly one result'],
  },
  {
    name: 'check prints both a status and an error',
    valid: runOf('check', [failed]),
    broken: runOf('check', [error('config_error'), failed], 1),
    rules: ['1.13 exactly one result'],
  },
  {
    name: 'check exits with 1 for a FAILED status',
    valid: runOf('check', [failed]),
    broken: runOf('check', [failed], 1),
    rules: ['1.11 exit code'],
  },
  {
    name: 'check exits with 0 for a TRACE ERROR',
    valid: runOf('check', [error('transient_error')], 1),
    broken: runOf('check', [error('transient_error')], 0),
    rules: ['1.11 exit code'],
  },
  {
    name: 'check prints a record',
    valid: runOf('check', [succeeded]),
    broken: runOf('check', [record('teams', { id: 1 }), succeeded]),
    rules: ['1.1 messages of this command'],
  },
  {
    name: 'discover goes on after its catalog',
    valid: runOf('discover', [hello, catalog]),
    broken: runOf('discover', [catalog, hello]),
    rules: ['4.1 the result comes last'],
  },
  {
    name: 'discover writes on stderr',
    valid: runOf('discover', [catalog]),
    broken: runOf('discover', [catalog], 0, { stderr: '(node:1) Warning' }),
    rules: ['5 nothing on stderr'],
  },
];
