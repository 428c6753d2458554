import { type FailureType, type Problem, problems } from '../src/problems.ts';
import { table } from './docs-table.ts';

/** Messages that are composed where the problem is found: what they look like, and what to do. */
const COMPOSED: Readonly<Record<string, { message: string; advice: string }>> = {
  input_unusable: {
    message: 'The config (or catalog, or state) file `…` cannot be used: …',
    advice: 'Correct what the sentence names: it holds the file, and the field or the place in it.',
  },
  stream_not_usable: {
    message: 'The stream `…` does not exist (or has no sync mode that exists, or stands in the catalog twice).',
    advice: 'Refresh the catalog of the connection. By hand: take the names from `discover`.',
  },
};

const GROUPS: ReadonlyArray<[FailureType, string]> = [
  ['config_error', 'Something to be set right by you. Airbyte does not try again by itself.'],
  ['transient_error', 'It may pass. The connector has tried several times already, and Airbyte tries again.'],
  ['system_error', 'The API or the connector does something that it should not. Airbyte tries again.'],
];

/** The troubleshooting tables: every message that a failure can have, its cause, and what to do. */
export function problemTables(): string {
  const all = Object.entries<Problem>(problems);
  return GROUPS.map(([type, meaning]) => {
    const rows = all.filter(([, { failureType }]) => failureType === type).map(([id, problem]) => rowOf(id, problem));
    return `#### ${type}\n\n${meaning}\n\n${table(['Message', 'Cause', 'What to do'], rows)}`;
  }).join('\n\n');
}

function rowOf(id: string, { message, cause }: Problem): string[] {
  const composed = COMPOSED[id];
  if (composed !== undefined) return [composed.message, cause, composed.advice];
  // The first sentence of a message says what happened, the others what to do.
  const [, happened, advice] = /^(.*?\.) ([A-Z].*)$/.exec(message) ?? [];
  if (happened === undefined || advice === undefined) throw new Error(`the message of ${id} does not say what to do`);
  return [asText(happened), cause, asText(advice)];
}

/**
 * What is filled in when it happens becomes code: a site built with MDX would take braces for a program. What is only
 * sometimes filled in is left out.
 */
function asText(template: string): string {
  return template.replace(/\{said\}/g, '').replace(/\{\w+\}/g, '`$&`');
}
