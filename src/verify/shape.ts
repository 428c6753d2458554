import type { Output, StreamSink } from '../core/output/output.ts';
import { type Row, isRow } from '../core/record/row.ts';
import type { Field } from '../core/stream/fields.ts';
import type { Stream } from '../core/stream/stream.ts';

/** Fields whose values are shown, if they are in the list below; a value that isn't there may be anything. */
const ENUMERATIONS: ReadonlySet<string> = new Set(
  `generation group_id last_operation_state last_operation_type membership_type method outcome platform resource scope
  severity state status template type`.split(/\s+/),
);
const VALUES: ReadonlySet<string> = new Set(
  `account active analytics automatic backup bi_connector classic complete completed configuration cpu create critical
  delete deprecated disk dynamic elasticsearch elasticsearchpl enterprisedb etcd expired failed failure gen1 gen2 in-place
  inactive instance ip member memory mongodb mongodbee mongodbees mysql normal on_demand PAYG password pending_reclamation
  pending_removal postgresql pre_provisioning profile provisioning queued rabbitmq redis removed resource_group restore
  running satellite scheduled search service stable static SUBSCRIPTION succeeded success TRIAL update upgrade user valkey
  warning ACTIVE`.split(/\s+/),
);
/** Anything else may contain data. */
const NAME = /^[A-Za-z_]{1,40}$/;
const MAX_UNDECLARED = 50;

/** The types and kinds of a field's values, and of the fields inside it. */
export interface Part {
  path: string;
  name: string;
  types: Record<string, number>;
  values: Record<string, number> | undefined;
  parts: Part[];
}

/** The shape of a stream's records; the records themselves are not kept. */
export class Shape implements StreamSink {
  readonly parts: Part[];
  readonly undeclared = new Set<string>();
  readonly #known: ReadonlySet<string>;

  constructor({ fields, dropped = [] }: Pick<Stream, 'fields' | 'dropped'>) {
    this.parts = partsOf(fields, '');
    this.#known = new Set([...Object.keys(fields), ...dropped]);
  }

  record(row: Row): number {
    for (const part of this.parts) look(part, row[part.name]);
    for (const name in row) {
      if (this.#known.has(name) || this.undeclared.size >= MAX_UNDECLARED) continue;
      this.undeclared.add(NAME.test(name) ? name : 'a name that is not shown');
    }
    // No state is ever sent.
    return 0;
  }

  started(): void {}
  state(): void {}
  held(): void {}
  ended(): void {}
}

/** Collects the shapes of records, and shows no texts, since texts may contain names. */
export class ShapesOutput implements Output {
  readonly shapes: ReadonlyMap<string, Shape>;

  constructor(streams: readonly Stream[]) {
    this.shapes = new Map(streams.map((stream) => [stream.name, new Shape(stream)]));
  }

  stream(name: string): StreamSink {
    const shape = this.shapes.get(name);
    if (shape === undefined) throw new Error(`no stream ${name}`);
    return shape;
  }

  log(): void {}
  async ready(): Promise<void> {}
}

function partsOf(fields: Readonly<Record<string, Field>>, parent: string): Part[] {
  return Object.entries(fields).map(([name, { kind, properties = {} }]) => {
    const path = parent + name;
    return {
      path,
      name,
      types: {},
      values: ENUMERATIONS.has(name) ? {} : undefined,
      parts: partsOf(properties, `${path}${kind === 'list' ? '[]' : ''}.`),
    };
  });
}

function look({ types, values, parts }: Part, value: unknown): void {
  const type = value === undefined ? 'absent' : value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  types[type] = (types[type] ?? 0) + 1;
  if (values !== undefined && typeof value === 'string') {
    const shown = VALUES.has(value) ? value : 'other';
    values[shown] = (values[shown] ?? 0) + 1;
  }
  if (parts.length === 0) return;
  for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (isRow(each)) for (const part of parts) look(part, each[part.name]);
  }
}
