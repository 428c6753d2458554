export type FieldKind = 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'object' | 'list';

export interface Field {
  kind: FieldKind;
  description: string;
  /** The known properties of an object, or of the objects in a list. If undefined, the object or list contains only strings. */
  properties?: Record<string, Field>;
}

// All fields are nullable, and no field is an enum, because the APIs' documented examples are incomplete, and the APIs add values over
// time.

export const text = (description: string): Field => ({ kind: 'text', description });
export const integer = (description: string): Field => ({ kind: 'integer', description });
export const number = (description: string): Field => ({ kind: 'number', description });
export const boolean = (description: string): Field => ({ kind: 'boolean', description });
export const timestamp = (description: string): Field => ({ kind: 'timestamp', description });
export const mapOfTexts = (description: string): Field => ({ kind: 'object', description });
export const listOfTexts = (description: string): Field => ({ kind: 'list', description });

/** An object whose known properties are `properties`. If `properties` is empty, the object is emitted unchanged. */
export function object(description: string, properties: Record<string, Field> = {}): Field {
  return { kind: 'object', description, properties };
}

export function listOfObjects(description: string, properties: Record<string, Field>): Field {
  return { kind: 'list', description, properties };
}
