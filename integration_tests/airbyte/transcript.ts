import { message, type Message } from './messages.ts';
import { violation, type Violation } from './violation.ts';

/** A command's output: its stdout, the valid messages, and the violations in its lines. */
export interface Transcript {
  readonly text: string;
  readonly messages: readonly Message[];
  readonly violations: readonly Violation[];
}

/** The number of the rule for each message type. README.md explains the rules. */
const sectionOf: Readonly<Record<string, string>> = {
  SPEC: '1.2',
  CONNECTION_STATUS: '1.3',
  CATALOG: '1.4',
  RECORD: '1.6',
  STATE: '1.7',
  LOG: '1.8',
  TRACE: '1.9',
  CONTROL: '1.9',
};

const longestLine = 20_000_000;

// Line separators that Python's splitlines() recognizes and JSON.stringify doesn't escape.
const lineSeparator = /[\u0085\u2028\u2029]/;

// JSON.stringify escapes a surrogate only if it isn't part of a pair. After an escaped backslash, `ud800` is plain text.
const loneSurrogate = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

/** Parses a command's stdout line by line, as strictly as the strictest client. */
export function parseTranscript(stdout: string | Uint8Array): Transcript {
  const violations: Violation[] = [];
  const text = typeof stdout === 'string' ? stdout : decode(stdout, violations);
  const lines = text.split('\n');
  const partial = lines.pop();
  const messages: Message[] = [];
  for (const [index, line] of lines.entries()) {
    const found = parseLine(line, `Line ${index + 1}`);
    violations.push(...found.violations);
    if (found.message) messages.push(found.message);
  }
  if (partial)
    violations.push(violation('1.10 partial line', `The output ends in the middle of a line: ${excerpt(partial)}`));
  return { text, messages, violations };
}

function decode(stdout: Uint8Array, violations: Violation[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(stdout);
  } catch {
    violations.push(violation('1.10 UTF-8', 'The output is not valid UTF-8.'));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(stdout);
  }
}

function parseLine(line: string, where: string): { message?: Message; violations: Violation[] } {
  if (line.trim() === '') return { violations: [violation('1.10 blank line', `${where} is blank.`)] };
  const violations: Violation[] = [];
  if (Buffer.byteLength(line) >= longestLine) {
    violations.push(violation('1.10 line length', `${where} is 20 MB or longer.`));
  }
  if (lineSeparator.test(line)) {
    violations.push(violation('1.10 line separator', `${where} contains an unescaped U+0085, U+2028 or U+2029.`));
  }
  const value = objectIn(line);
  if (value === undefined) {
    return { violations: [violation('1.10 one object per line', `${where} is not a JSON object: ${excerpt(line)}`)] };
  }
  // Only lines with an escaped surrogate can contain a lone surrogate, so other lines aren't stringified again.
  if (/\\u[dD][89a-fA-F]/.test(line) && loneSurrogate.test(JSON.stringify(value))) {
    violations.push(violation('1.10 lone surrogate', `${where} contains half of a surrogate pair.`));
  }
  const parsed = message.safeParse(value);
  if (parsed.success) return { message: parsed.data, violations };
  for (const issue of parsed.error.issues) {
    const path = issue.path.map(String).join('.');
    const sentence = `${where}: ${path === '' ? 'the message' : path}: ${issue.message}`;
    violations.push(violation(ruleOf(issue, value), sentence));
  }
  return { violations };
}

// A line must begin with `{`, without a byte order mark or indentation, and end with `}`, without a carriage return.
function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

function ruleOf(issue: { code: string; path: PropertyKey[] }, value: Readonly<Record<string, unknown>>): string {
  let found: unknown = value;
  for (const key of issue.path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key];
  if (found === null) return '1.10 no nulls';
  if (issue.code === 'unrecognized_keys') return '1.10 known keys only';
  const type = String(value['type']);
  const section = sectionOf[type];
  return section === undefined ? '1.1 message type' : `${section} ${type}`;
}

function excerpt(line: string): string {
  return line.length <= 120 ? line : `${line.slice(0, 120)}…`;
}
