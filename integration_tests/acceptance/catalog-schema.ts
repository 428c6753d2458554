import { z } from 'zod';

/** Any JSON object; its inside is somebody else's business (record data, json_schema, stream_state). */
export const jsonObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'is no JSON object',
);

const fieldPath = z.array(z.string().min(1)).min(1);

/** One stream of discover's CATALOG: no namespace, no nulls, no keys beyond the protocol's. */
const discoveredStream = z.strictObject({
  name: z.string().min(1),
  json_schema: jsonObject.refine(
    (schema) => jsonObject.safeParse(schema['properties']).success,
    'has no top-level properties',
  ),
  supported_sync_modes: z.array(z.enum(['full_refresh', 'incremental'])).min(1),
  source_defined_cursor: z.boolean().optional(),
  default_cursor_field: fieldPath.optional(),
  source_defined_primary_key: z.array(fieldPath).min(1).optional(),
  is_resumable: z.boolean().optional(),
  is_file_based: z.boolean().optional(),
});

/** What discover prints. */
export const discoveredCatalog = z.strictObject({ streams: z.array(discoveredStream) });

export type DiscoveredStream = z.infer<typeof discoveredStream>;
export type DiscoveredCatalog = z.infer<typeof discoveredCatalog>;

/** One entry of read's input; as loose as clients are, since the source has to cope with all of them. */
export interface ConfiguredStream {
  readonly stream: {
    readonly name: string;
    readonly supported_sync_modes?: readonly string[] | null | undefined;
    readonly source_defined_primary_key?: readonly (readonly string[])[] | null | undefined;
    readonly [key: string]: unknown;
  };
  readonly sync_mode: string;
  readonly destination_sync_mode: string;
  readonly [key: string]: unknown;
}

export interface ConfiguredCatalog {
  readonly streams: readonly ConfiguredStream[];
}
