import questions from '../../docs/reference/icd-questions.json' with { type: 'json' };
import type { StreamEnd } from '../core/output/output.ts';
import type { OpenStream } from '../core/retrieval/open-stream.ts';
import { VERSION } from '../program/version.ts';
import type { Exchanges } from './exchanges.ts';
import type { Shape, StreamShape } from './shape.ts';

export interface Findings {
  platform: string;
  seconds: number;
  /** The sentence that the platform's `summary` returned. */
  summary: string | undefined;
  hasQuestions: boolean;
  exchanges: Exchanges;
  streams: readonly OpenStream[];
  ends: readonly StreamEnd[];
  shapes: ReadonlyMap<string, StreamShape>;
}

/** The report in Markdown. */
export function reportOf(findings: Findings): string {
  const { platform, seconds, summary, exchanges } = findings;
  const runtime = `source-compose ${VERSION}, Node.js ${process.versions.node}, ${process.platform}`;
  const sections = [
    `# Report of source-compose verify\n\n${runtime}. Platform: ${platform}. Read in ${seconds.toFixed(1)} s.${summary === undefined ? '' : ` ${summary}`}`,
    ...(findings.hasQuestions ? [`## Open questions\n\n${questionTable(exchanges)}`] : []),
    `## Endpoints\n\n${endpointTable(exchanges)}`,
    `## Streams\n\n${streamTable(findings)}`,
    ...findings.streams.flatMap((stream) => shapeSection(stream, findings.shapes)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function questionTable(exchanges: Exchanges): string {
  const rows = questions.map(({ id, question, expected, noProbe }) => {
    const [result, evidence] = exchanges.answer(id);
    return [question, expected, `**${result}**`, noProbe ?? evidence];
  });
  return table(['Question', 'Expected', 'Result', 'Evidence'], rows);
}

function endpointTable({ endpoints }: Exchanges): string {
  const rows = [...endpoints]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([endpoint, { requests, statuses, laterPages, maxBytes, rateHeaders, maxMs }]) => {
      const size = `${(maxBytes / 1_024).toFixed(1)} KB`;
      return [endpoint, requests, String(statuses), laterPages, size, [...rateHeaders].join(', '), `${maxMs} ms`];
    });
  return table(['Endpoint', 'Requests', 'Statuses', 'Later pages', 'Largest', 'Rate headers', 'Slowest'], rows);
}

function streamTable({ streams, ends }: Findings): string {
  const rows = streams.map(({ reader: { stream, sink, requests, skipped = '' } }) => {
    const end = ends.find(({ name }) => name === stream.name);
    const failure = end?.end === 'failed' ? `**failed**: ${end.error.problem}` : (end?.end ?? '');
    const status = end?.end === 'failed' && end.error.status !== undefined ? ` (HTTP ${end.error.status})` : '';
    return [stream.name, `${failure}${status}`, sink.records, requests, skipped];
  });
  return table(['Stream', 'End', 'Records', 'Requests', 'Skipped'], rows);
}

function shapeSection({ reader: { stream, sink } }: OpenStream, shapes: Findings['shapes']): string[] {
  const seen = shapes.get(stream.name);
  if (seen === undefined || sink.records === 0) return [];
  const undeclared = seen.undeclared.size === 0 ? '' : `Undeclared: ${[...seen.undeclared].join(', ')}.\n\n`;
  return [`### ${stream.name}\n\n${undeclared}${table(['Path', 'Types', 'Values'], rowsOf(seen.shape))}`];
}

function rowsOf({ inner }: Shape): string[][] {
  return [...inner.values()].flatMap((shape) =>
    shape.types.size === 0 ? [] : [[shape.path, String(shape.types), String(shape.values)], ...rowsOf(shape)],
  );
}

function table(headings: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const lines = [headings, headings.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
