import { z } from 'zod';
import { inputError } from '../../core/failure/errors.ts';
import { typeName } from '../../program/input-file.ts';
import type { StreamDescriptor, SyncMode } from './messages.ts';

/** What read needs of a configured stream. Whatever else a client sends, nulls among it, is left alone. */
export interface ConfiguredStream {
  descriptor: StreamDescriptor;
  /** As the catalog says it; whether it is a mode that exists is for whoever knows the streams. */
  syncMode: unknown;
}

const configuredStream = z.looseObject(
  {
    stream: z.looseObject(
      {
        name: z.string({ error: 'must be a string' }).min(1, { error: 'is empty' }),
        namespace: z.string({ error: 'must be a string' }).nullish(),
      },
      {
        error:
          'is missing: read takes a configured catalog, in which each entry holds "stream" and "sync_mode"; discover --configured prints one',
      },
    ),
    sync_mode: z.unknown().optional(),
  },
  { error: 'must be an object with "stream" and "sync_mode"' },
);

const configuredCatalog = z.looseObject({
  streams: z.array(configuredStream, { error: 'must be an array of configured streams' }),
});

/** The streams of a configured catalog, in its order. Throws one sentence that names the file and the field. */
export function parseConfiguredCatalog(path: string, raw: unknown): ConfiguredStream[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw inputError(`The catalog file ${path} must hold a JSON object with "streams"; it holds ${typeName(raw)}.`);
  }
  if ('type' in raw && raw.type === 'CATALOG') {
    throw inputError(
      `The catalog file ${path} holds what discover printed. Make a configured catalog with discover --configured, or use --streams all.`,
    );
  }
  const result = configuredCatalog.safeParse(raw);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw inputError(`The catalog file ${path} cannot be used: ${fieldOf(issue?.path ?? [])} ${issue?.message}.`);
  }
  return result.data.streams.map(({ stream, sync_mode }) => {
    const { name, namespace } = stream;
    const named = typeof namespace === 'string' && namespace !== '';
    return { descriptor: named ? { name, namespace } : { name }, syncMode: sync_mode };
  });
}

/** The mode itself if it is one that the protocol has. */
export function syncModeOf(value: unknown): SyncMode | undefined {
  return value === 'full_refresh' || value === 'incremental' ? value : undefined;
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : (i === 0 ? '' : '.') + String(part))).join('');
}
