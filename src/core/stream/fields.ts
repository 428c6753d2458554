export type FieldKind = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'object' | 'list';

/** A top-level property of a stream: what its values are made to be, and what a catalog says of it. */
export interface Field {
  kind: FieldKind;
  description: string;
  /** What is known of an object, or of the objects in a list; a list without it holds texts. */
  properties?: Record<string, Field>;
}

// Everything is nullable and nothing is an enum: examples of APIs are partial, and keys are added over the years.

export const text = (description: string): Field => ({ kind: 'text', description });
export const integer = (description: string): Field => ({ kind: 'integer', description });
export const number = (description: string): Field => ({ kind: 'number', description });
export const boolean = (description: string): Field => ({ kind: 'boolean', description });
export const timestamp = (description: string): Field => ({ kind: 'timestamp', description });

/** An object that is passed on as it came; `properties` describe what is known of it. */
export function object(description: string, properties: Record<string, Field> = {}): Field {
  return { kind: 'object', description, properties };
}

/** A list of objects that is passed on as it came. */
export function listOfObjects(description: string, properties: Record<string, Field>): Field {
  return { kind: 'list', description, properties };
}

/** A list of texts that is passed on as it came. */
export function listOfTexts(description: string): Field {
  return { kind: 'list', description };
}
