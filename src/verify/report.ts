import questions from '../../docs/reference/icd-questions.json' with { type: 'json' };
import type { StreamEnd } from '../core/output/output.ts';
import type { OpenStream } from '../core/retrieval/open-stream.ts';
import { VERSION } from '../program/version.ts';
import type { Answers } from './answers.ts';
import type { Part, Shape } from './shape.ts';
import type { Traffic } from './traffic.ts';

export interface Findings {
  platform: string;
  seconds: number;
  /** A sentence of the platform. */
  summary: string | undefined;
  answers: Answers | undefined;
  traffic: Traffic;
  streams: readonly OpenStream[];
  ends: readonly StreamEnd[];
  shapes: ReadonlyMap<string, Shape>;
}

/** The report in Markdown. */
export function reportOf(findings: Findings): string {
  const { platform, seconds, summary, answers, traffic } = findings;
  const runtime = `source-compose ${VERSION}, Node.js ${process.versions.node}, ${process.platform}`;
  const sections = [
    `# Report of source-compose verify\n\n${runtime}. Platform: ${platform}. Read in ${seconds.toFixed(1)} s.${summary === undefined ? '' : ` ${summary}`}`,
    ...(answers === undefined ? [] : [`## Open questions\n\n${questionTable(answers)}`]),
    `## Endpoints\n\nSizes are in KB.\n\n${endpointTable(traffic)}`,
    `## Streams\n\n${streamTable(findings)}`,
    ...findings.streams.flatMap((stream) => shapeSection(stream, findings.shapes)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function questionTable(answers: Answers): string {
  const rows = questions.map(({ id, question, expected, noProbe }) => {
    const [result, evidence] = answers.of(id);
    return [question, expected, `**${result}**`, noProbe ?? evidence];
  });
  return table(['Question', 'Expected', 'Result', 'Evidence'], rows);
}

function endpointTable({ endpoints }: Traffic): string {
  const rows = [...endpoints]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([endpoint, seen]) => {
      const statuses = [...seen.statuses]
        .map(([status, count]) => `${status || 'no complete response'} (${count})`)
        .join(', ');
      const sizes = `${kilobytes(seen.bytes)}, at most ${kilobytes(seen.maxBytes)}`;
      return [
        endpoint,
        seen.requests,
        statuses,
        seen.laterPages,
        sizes,
        [...seen.rateHeaders].join(', '),
        `${seen.maxMs} ms`,
      ];
    });
  return table(['Endpoint', 'Requests', 'Statuses', 'Later pages', 'Sizes', 'Rate headers', 'Slowest'], rows);
}

function streamTable({ streams, ends }: Findings): string {
  const rows = streams.map(({ reader: { stream, sink, report } }) => {
    const end = ends.find(({ name }) => name === stream.name);
    const failure = end?.end === 'failed' ? `**failed**: ${end.error.problem}` : (end?.end ?? '');
    const status = end?.end === 'failed' && end.error.status !== undefined ? ` (HTTP ${end.error.status})` : '';
    return [stream.name, `${failure}${status}`, sink.records, report.requests, report.skipped ?? ''];
  });
  return table(['Stream', 'End', 'Records', 'Requests', 'Skipped'], rows);
}

function shapeSection({ reader: { stream, sink } }: OpenStream, shapes: ReadonlyMap<string, Shape>): string[] {
  const shape = shapes.get(stream.name);
  if (shape === undefined || sink.records === 0) return [];
  const undeclared = shape.undeclared.size === 0 ? '' : `Undeclared: ${[...shape.undeclared].join(', ')}.\n\n`;
  return [`### ${stream.name}\n\n${undeclared}${table(['Path', 'Types', 'Values'], rowsOf(shape.parts))}`];
}

function rowsOf(parts: Part['parts']): string[][] {
  return [...parts.values()].flatMap(({ path, types, values = {}, parts: inner }) =>
    Object.keys(types).length === 0 ? [] : [[path, counted(types), counted(values)], ...rowsOf(inner)],
  );
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} (${count})`)
    .join(', ');
}

function kilobytes(bytes: number): string {
  return (bytes / 1_024).toFixed(1);
}

function table(headings: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
