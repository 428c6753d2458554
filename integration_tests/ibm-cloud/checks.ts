import type { Fault } from '../../sandbox/server.ts';
import { expect } from 'vitest';
import { runConnector } from '../../test-support/connector.ts';
import type { Finished } from '../../test-support/processes.ts';
import { type ErrorTrace, contentsOf, messagesOf } from '../../test-support/transcript.ts';
import type { Row } from './expected.ts';
import type { Account } from './reads.ts';

interface Answer extends Finished {
  status: { status: string; message?: string } | undefined;
  error: ErrorTrace | undefined;
  /** The log messages and the result's message. */
  said: string;
}

export async function check({ workspace, config }: Account, platform?: Row, more?: Row): Promise<Answer> {
  const finished = await runConnector(['check', '--config', workspace.file('config.json', config(platform, more))]);
  expect(finished.stderr).toBe('');
  const messages = messagesOf(finished.stdout);
  const statuses = messages.flatMap((message) =>
    message.type === 'CONNECTION_STATUS' ? message.connectionStatus : [],
  );
  const { errors, logs } = contentsOf(messages);
  // Clients use only the first result or error, so there must be exactly one.
  expect(statuses.length + errors.length).toBe(1);
  const said = [...logs.map(({ message }) => message), statuses[0]?.message ?? ''].join('\n');
  return { ...finished, status: statuses[0], error: errors[0], said };
}

/** The log lines about streams, split into the stream's name and the rest of the line. */
export function linesIn(said: string): Array<[name: string, line: string]> {
  return [...said.matchAll(/^(\w+): ((?:not )?(?:readable|checked).*)$/gm)].map(([, name = '', line = '']) => [
    name,
    line,
  ]);
}

export const forbidden = (...paths: string[]): Fault[] => paths.map((path) => ({ path, kind: 'status', status: 403 }));
