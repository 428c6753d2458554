export type Row = Readonly<Record<string, unknown>>;

export interface SchemaMessage {
  type: 'SCHEMA';
  stream: string;
  schema: Row & { properties: Readonly<Record<string, Row>> };
  key_properties: readonly string[];
  bookmark_properties?: readonly string[];
}
export interface RecordMessage {
  type: 'RECORD';
  stream: string;
  record: Row;
  time_extracted: string;
}
interface StateMessage {
  type: 'STATE';
  value: Row & { bookmarks: Readonly<Record<string, Row>> };
}
export type TapMessage = SchemaMessage | RecordMessage | StateMessage;

export interface Line {
  text: string;
  message: TapMessage | undefined;
}

/** The complete lines of stdout, and the text after them. */
export function linesOf(stdout: string): { lines: Line[]; rest: string } {
  const texts = stdout.split('\n');
  const rest = texts.pop() ?? '';
  return { lines: texts.map((text) => ({ text, message: messageIn(text) })), rest };
}

function messageIn(text: string): TapMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRow(value) && typeof value['type'] === 'string' ? (value as unknown as TapMessage) : undefined;
  } catch {
    return undefined;
  }
}

export interface LogLine {
  level: string;
  message: string;
  /** The parsed JSON object, if the line is structured. */
  structured: Row | undefined;
}

/** Parses the lines of stderr. Returns undefined for a line that neither is JSON nor begins with a level. Omits stack traces. */
export function logOf(stderr: string): Array<LogLine | undefined> {
  return stderr
    .split('\n')
    .slice(0, -1)
    .filter((text) => !/^(?:\s+at |\w*Error: )/.test(text))
    .map(logLine);
}

function logLine(text: string): LogLine | undefined {
  const plain = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/.exec(text);
  if (plain !== null) return { level: (plain[1] ?? '').toLowerCase(), message: plain[2] ?? '', structured: undefined };
  try {
    const line = JSON.parse(text) as Row;
    return { level: String(line['level']), message: String(line['message']), structured: line };
  } catch {
    return undefined;
  }
}

/** Record counts by stream, according to the log. */
export function countsIn(log: ReadonlyArray<LogLine | undefined>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of log) {
    if (line?.message.startsWith('METRIC') !== true) continue;
    const metric = (line.structured?.['metric_info'] ?? JSON.parse(line.message.slice('METRIC: '.length))) as {
      value: number;
      tags: { stream: string };
    };
    counts.set(metric.tags.stream, metric.value);
  }
  return counts;
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
