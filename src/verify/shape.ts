import type { Output, StreamSink } from '../core/output/output.ts';
import { type Row, isRow } from '../core/record/row.ts';
import type { Field } from '../core/stream/fields.ts';
import type { Stream } from '../core/stream/stream.ts';

/** Fields whose values are shown if VALUES contains them. Any other value could be confidential. */
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
/** Matches the names that are shown. Any other name could contain data. */
const NAME = /^[A-Za-z_]{1,40}$/;
const MAX_UNDECLARED = 50;

/** The types and known values of a field, and the fields inside the field. */
export interface Part {
  path: string;
  types: Record<string, number>;
  values: Record<string, number> | undefined;
  /** The inner fields by name, and the prefix of their paths. */
  parts: Map<string, Part>;
  prefix: string;
}

/** The shape of a stream's rows, as returned by the API. The rows themselves are not kept. */
export class Shape implements StreamSink {
  readonly parts: Part['parts'];
  readonly undeclared = new Set<string>();
  readonly #dropped: ReadonlySet<string>;
  /** The possible prefixes of an undeclared field's path. */
  readonly #prefixes = new Set(['']);
  readonly #onComplete: (records: number) => void;
  #records = 0;

  constructor(
    { fields, dropped = [] }: Pick<Stream, 'fields' | 'dropped'>,
    onComplete: (records: number) => void = () => undefined,
  ) {
    this.parts = this.#partsOf(fields, '');
    this.#dropped = new Set(dropped);
    this.#onComplete = onComplete;
  }

  received(rows: readonly unknown[]): void {
    for (const row of rows) if (isRow(row)) this.#lookInside(row, this.parts, '');
  }

  record(): number {
    this.#records += 1;
    // The size of a record matters only for saving states, and verify saves none.
    return 0;
  }

  started(): void {}
  state(): void {}
  held(): void {}

  ended(complete: boolean): void {
    if (complete) this.#onComplete(this.#records);
  }

  #partsOf(fields: Readonly<Record<string, Field>>, parent: string): Part['parts'] {
    const parts = Object.entries(fields).map(([name, { kind, properties }]): [string, Part] => {
      const path = parent + name;
      const prefix = `${path}${kind === 'list' ? '[]' : ''}.`;
      if (properties !== undefined) this.#prefixes.add(prefix);
      const values = ENUMERATIONS.has(name) ? {} : undefined;
      return [name, { path, prefix, types: {}, values, parts: this.#partsOf(properties ?? {}, prefix) }];
    });
    return new Map(parts);
  }

  #lookInside(row: Row, parts: Part['parts'], prefix: string): void {
    for (const [name, part] of parts) this.#look(part, row[name]);
    for (const name in row) if (!parts.has(name)) this.#seeUndeclared(prefix + name);
  }

  #look({ types, values, parts, prefix }: Part, value: unknown): void {
    const type =
      value === undefined ? 'absent' : value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
    types[type] = (types[type] ?? 0) + 1;
    if (values !== undefined && typeof value === 'string') {
      const shown = VALUES.has(value) ? value : 'other';
      values[shown] = (values[shown] ?? 0) + 1;
    }
    if (parts.size === 0) return;
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isRow(each)) this.#lookInside(each, parts, prefix);
    }
  }

  /** Records an undeclared field. A row may also contain the path of a nested field as a name. */
  #seeUndeclared(path: string): void {
    if (this.#dropped.has(path) || this.undeclared.size >= MAX_UNDECLARED) return;
    const end = path.lastIndexOf('.') + 1;
    const isPlain = this.#prefixes.has(path.slice(0, end)) && NAME.test(path.slice(end));
    this.undeclared.add(isPlain ? path : 'a name that is not shown');
  }
}

/**
 * Collects the shapes of rows. No free text is kept, since it could contain names. `onComplete` is called when a stream is complete.
 */
export class ShapesOutput implements Output {
  readonly shapes: ReadonlyMap<string, Shape>;

  constructor(streams: readonly Stream[], onComplete: (stream: string, records: number) => void) {
    this.shapes = new Map(
      streams.map((stream) => [stream.name, new Shape(stream, (records) => onComplete(stream.name, records))]),
    );
  }

  stream(name: string): StreamSink {
    const shape = this.shapes.get(name);
    if (shape === undefined) throw new Error(`no stream ${name}`);
    return shape;
  }

  log(): void {}
  async ready(): Promise<void> {}
}
