import { type Config, platformOf } from '../../config.ts';
import { inputError } from '../../core/failure/errors.ts';
import { isOffered, notOffered } from '../../core/stream/stream.ts';
import { unknownStream } from '../../streams.ts';
import type { ConfiguredStream } from '../protocol/configured-catalog.ts';

/**
 * The streams of `--streams`, read incrementally where possible; for `all`, every stream that the config makes available.
 * Throws for a name that cannot be read: the person who typed it is there to correct it.
 */
export function streamsNamed(text: string, config: Config): ConfiguredStream[] {
  const { streams } = platformOf(config);
  const typed = text.split(',').map((name) => name.trim());
  const names =
    text.trim() === 'all'
      ? streams.filter((stream) => isOffered(stream, config.platform)).map(({ name }) => name)
      : new Set(typed.filter((name) => name !== ''));
  return [...names].map((name) => {
    const definition = streams.find((stream) => stream.name === name);
    if (definition === undefined) throw inputError(unknownStream(name, streams, config.platform.name));
    if (!isOffered(definition, config.platform)) throw inputError(notOffered(definition));
    return { descriptor: { name }, syncMode: 'incremental' };
  });
}
