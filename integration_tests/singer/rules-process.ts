import type { Judged, Rule } from './judged.ts';
import { type Row, isRow } from './transcript.ts';

// Rules about the exit code and the log.

/** The values that Meltano accepts for each key in a structured log line. */
const LINE: Readonly<Record<string, (value: unknown) => boolean>> = {
  level: (value) => ['debug', 'info', 'warning', 'error', 'critical'].includes(value as string),
  message: isText,
  logger_name: isText,
  app_name: isText,
  ts: (value) => typeof value === 'number' && value < 1e11,
  pid: (value) => typeof value === 'number',
  thread_name: (value) => value === null || isText(value),
  stream_name: (value) => value === null || isText(value),
  extra: (value) => isRow(value) && Object.keys(value).every((key) => ['failure_type', 'stack'].includes(key)),
};

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function lineFaults(line: Row): string[] {
  const wrong = Object.keys(LINE).filter((key) => LINE[key]?.(line[key]) !== true);
  const foreign = Object.keys(line).filter((key) => !(key in LINE) && key !== 'metric_info');
  const metric = line['metric_info'];
  const fits =
    metric === undefined || (isRow(metric) && Object.keys(metric).toSorted().join() === 'metric,tags,type,value');
  return [...wrong, ...foreign, ...(fits ? [] : ['metric_info'])];
}

/** Whether every stream was read completely, according to the log. */
function isDone({ expected, log, neverBegan }: Judged): boolean {
  if (neverBegan) return false;
  const texts = log.map((line) => line?.message ?? '');
  return [...expected.keys()].every((name) =>
    texts.some((text) => new RegExp(`^${name}: \\d+ records? in `).test(text)),
  );
}

export const PROCESS_RULES: readonly Rule[] = [
  {
    name: '1.4 exit code',
    sentence:
      'The exit code is 0 only if every stream was read completely. After a signal, the tap is terminated by that signal.',
    broken: (run) => {
      const { exitCode, sent } = run;
      const done = isDone(run);
      if (sent !== undefined && exitCode === null) return [];
      return (exitCode === 0) === done && (exitCode === 0 || exitCode === 1) ? [] : [`${exitCode}, and done: ${done}`];
    },
  },
  {
    name: '2.8 log lines',
    sentence: 'Every line on stderr is a log line with a level, in the format that Meltano requests.',
    broken: ({ log, structured = false }) =>
      log.flatMap((line, i) => {
        if (line === undefined) return [`line ${i + 1}`];
        if ((line.structured !== undefined) !== structured) return [`line ${i + 1} has the other form`];
        return line.structured === undefined
          ? []
          : lineFaults(line.structured).map((fault) => `line ${i + 1}: ${fault}`);
      }),
  },
  {
    name: '2.5 the last line is the error',
    sentence: 'The last line of a failed sync is its CRITICAL error, because Meltano shows only that line.',
    broken: ({ exitCode, log }) => {
      const critical = log.filter((line) => line?.level === 'critical');
      if (exitCode !== 1) return critical.map((line) => line?.message ?? '');
      const last = log.at(-1);
      return last?.level === 'critical' && last.message.length > 20 ? [] : [last?.message ?? 'nothing'];
    },
  },
  {
    name: '2.8 record_count',
    sentence: 'Every stream that has ended has a metric with its record count.',
    broken: (run) => {
      const { counts, expected, lines, wasKilled } = run;
      const printed = (name: string): number =>
        lines.filter(({ message }) => message?.type === 'RECORD' && message.stream === name).length;
      const wrong = [...counts].filter(([name, count]) => !wasKilled && count !== printed(name)).map(([name]) => name);
      if (run.neverBegan || run.sent !== undefined) return wrong;
      return [...wrong, ...[...expected.keys()].filter((name) => !counts.has(name))];
    },
  },
  {
    name: '2.3 no secrets',
    sentence: 'The log contains no secret.',
    broken: ({ stderr, secrets = [] }) =>
      secrets.flatMap((secret, i) => (stderr.includes(secret) ? [`secret ${i + 1}`] : [])),
  },
];
