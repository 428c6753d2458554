import { count } from '../../text/count.ts';

/** Collects requests, omissions and rejections for a stream's last log line. */
export class StreamReport {
  requests = 0;
  beforeStartDate = 0;
  /** The partitions that the API rejected, such as `2 deployments`. */
  skipped: string | undefined;
  /** Intentional omissions, such as `3 deployments of generation 2`. */
  readonly leftOut: string[] = [];

  /** Formats the log line, such as `teams: 5 records in 0.2 s with 1 request`. */
  line(stream: string, records: number, ms: number, startDate: string | undefined): string {
    const parts = [
      `${stream}: ${count(records, 'record')} in ${(ms / 1_000).toFixed(1)} s with ${count(this.requests, 'request')}`,
    ];
    if (this.beforeStartDate > 0) parts.push(`${this.beforeStartDate} before start_date ${startDate} omitted`);
    if (this.skipped !== undefined) parts.push(`${this.skipped} skipped`);
    for (const what of this.leftOut) parts.push(`${what} omitted`);
    return parts.join('; ');
  }
}
