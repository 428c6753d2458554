import type { FieldKind } from './fields.ts';
import { toUtcText } from './timestamp.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What a value that cannot be made to fit becomes; null itself is a value that fits. */
export const MISFIT = Symbol('misfit');

/** The value as its declared kind: itself if it fits, the same in another spelling where that loses nothing, or MISFIT. */
export function coerce(value: unknown, kind: FieldKind): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : MISFIT;
    case 'timestamp':
      return typeof value === 'string' ? (toUtcText(value) ?? MISFIT) : MISFIT;
    case 'integer':
      return numberOf(value, isSpeltWhole);
    case 'number':
      return numberOf(value, Number.isFinite);
    case 'boolean':
      return booleanOf(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value) ? value : MISFIT;
    case 'list':
      return Array.isArray(value) ? value : MISFIT;
  }
}

function numberOf(value: unknown, fits: (number: number) => boolean): unknown {
  if (typeof value === 'number') return fits(value) ? value : MISFIT;
  if (typeof value !== 'string') return MISFIT;
  const text = value.trim();
  if (text === '') return null;
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return fits(number) ? number : MISFIT;
}

/** JSON spells greater ones with an exponent, which readers do not take for an integer. */
function isSpeltWhole(number: number): boolean {
  return Number.isInteger(number) && Math.abs(number) < 1e21;
}

function booleanOf(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : MISFIT;
}
