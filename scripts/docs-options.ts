import spec from '../spec.json' with { type: 'json' };
import { code, table } from './docs-table.ts';

interface Option {
  type: string;
  title: string;
  description: string;
  order: number;
  default?: string | number | boolean | unknown[];
  minimum?: number;
  maximum?: number;
  format?: string;
}

/** The table of the config's options, from the specification that the program prints. */
export function optionsTable(): string {
  const { properties, required } = spec.connectionSpecification;
  const options = Object.entries(properties as Record<string, Option>).toSorted(([, a], [, b]) => a.order - b.order);
  return table(
    ['Option', 'In the form', 'Type', 'Default', 'Meaning'],
    options.map(([name, option]) => [
      code(name),
      option.title,
      typeOf(option),
      required.includes(name) ? '**required**' : defaultOf(option),
      option.description,
    ]),
  );
}

function typeOf({ type, format, minimum, maximum }: Option): string {
  if (format === 'date-time') return 'date and time';
  if (type === 'array') return 'list of ids';
  return minimum === undefined || maximum === undefined ? type : `${type}, ${minimum} to ${maximum}`;
}

function defaultOf(option: Option): string {
  if (option.default === undefined) return 'none';
  return Array.isArray(option.default) ? 'empty' : code(String(option.default));
}
