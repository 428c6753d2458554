import { messagesInFile } from '../test-support/transcript.ts';
import { bold } from './demo-text.ts';

type Row = Readonly<Record<string, unknown>>;

/** Records that the demo shows as a table. The fields must be strings or numbers. */
export interface RecordTable {
  stream: string;
  title: string;
  fields: readonly string[];
  /** Selects the rows to show from all records of the stream. */
  choose: (records: readonly Row[]) => readonly Row[];
}

/** Formats the tables with the records from the output file of `read`. */
export async function recordTables(file: string, tables: readonly RecordTable[]): Promise<string> {
  const records = new Map(tables.map(({ stream }): [string, Row[]] => [stream, []]));
  for await (const { message } of messagesInFile(file)) {
    if (message.type === 'RECORD') records.get(message.record.stream)?.push(message.record.data);
  }
  return tables.map((table) => textOf(table, table.choose(records.get(table.stream) ?? []))).join('\n');
}

function textOf({ title, fields, stream }: RecordTable, rows: readonly Row[]): string {
  const cells = [fields, ...rows.map((row) => fields.map((field) => String((row[field] ?? '') as string | number)))];
  const widths = fields.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) => `  ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
  const [heading = '', ...body] = lines;
  return [`\n  ${title} (${stream}):`, bold(heading), ...body].join('\n');
}
