import { ConnectorError } from '../core/errors.ts';
import { type ConfiguredStream, syncModeOf } from './configured-catalog.ts';
import type { StreamDescriptor, SyncMode } from './messages.ts';
import type { StreamDefinition } from '../core/stream.ts';

export interface ChosenStream {
  definition: StreamDefinition;
  mode: SyncMode;
}

/** A configured stream that cannot be read, and why. */
export interface UnusableStream {
  descriptor: StreamDescriptor;
  error: ConnectorError;
}

/** Finds the configured streams in the registry. Those that are wrong do not hinder the others. */
export function chooseStreams(
  configured: ConfiguredStream[],
  registry: readonly StreamDefinition[],
): { chosen: ChosenStream[]; unusable: UnusableStream[] } {
  const chosen: ChosenStream[] = [];
  const unusable = new Map<string, UnusableStream>();
  for (const { descriptor, syncMode } of configured) {
    const label = labelOf(descriptor);
    const same = configured.filter((other) => labelOf(other.descriptor) === label).length;
    const definition =
      descriptor.namespace === undefined ? registry.find(({ name }) => name === descriptor.name) : undefined;
    const mode = syncModeOf(syncMode);
    const problem =
      definition === undefined
        ? `The stream ${label} does not exist. This connector has: ${registry.map(({ name }) => name).join(', ')}. Refresh the catalog.`
        : same > 1
          ? `The configured catalog holds the stream ${label} ${same} times. Leave it in once.`
          : mode === undefined
            ? `The stream ${label} has no sync_mode that exists (${JSON.stringify(syncMode) ?? 'it is missing'}). Set it to full_refresh or incremental.`
            : undefined;
    if (problem !== undefined) {
      unusable.set(label, { descriptor, error: new ConnectorError('stream_not_usable', { detail: problem }) });
    } else if (definition !== undefined && mode !== undefined) {
      // Some clients ask every stream for incremental; one that has no cursor is read in full.
      chosen.push({ definition, mode: definition.cursorField === undefined ? 'full_refresh' : mode });
    }
  }
  return { chosen, unusable: [...unusable.values()] };
}

function labelOf({ name, namespace }: StreamDescriptor): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}
