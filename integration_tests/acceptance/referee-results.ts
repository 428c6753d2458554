import type { CommandRun } from './command-run.ts';
import type { Message } from './message-schema.ts';
import { violation, type Violation } from './violation.ts';

const resultOf = { spec: 'SPEC', check: 'CONNECTION_STATUS', discover: 'CATALOG' } as const;

/** spec, check and discover owe exactly one result, or one TRACE ERROR in its place, as their last message. */
export function resultViolations(run: CommandRun): Violation[] {
  const { command } = run;
  const { messages } = run.transcript;
  if (command === 'read') return strangerViolations(command, messages, ['RECORD', 'STATE']);
  const result = resultOf[command];
  const violations = strangerViolations(command, messages, [result]);
  const results = messages.filter(({ type }) => type === result).length;
  const errors = messages.filter((message) => message.type === 'TRACE' && message.trace.type === 'ERROR').length;
  if (results + errors !== 1) {
    const sentence = `${command} prints ${results} ${result} and ${errors} TRACE ERROR messages instead of one in all.`;
    if (run.signal === undefined) violations.push(violation('1.13 exactly one result', sentence));
  }
  // Clients stop reading at the result and kill the process; what comes later is lost.
  const last = messages.at(-1);
  if (results === 1 && last?.type !== result) {
    violations.push(violation('4.1 the result comes last', `${command} goes on after its ${result}.`));
  }
  return violations;
}

function strangerViolations(command: string, messages: readonly Message[], allowed: readonly string[]): Violation[] {
  return messages
    .filter(({ type }) => !allowed.includes(type) && type !== 'LOG' && type !== 'TRACE' && type !== 'CONTROL')
    .map(({ type }) => violation('1.1 messages of this command', `${command} prints a ${type} message.`));
}
