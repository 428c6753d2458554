/** Something that can be set, in code by its name and on the command line by a flag. */
export interface Option<Value> {
  readonly default: Value;
  /** What `--help` says about it. */
  readonly meaning: string;
  /** What `--help` says stands behind the flag. */
  readonly placeholder: string;
  /** How the default is spelled on the command line; without it, there is none to name. */
  readonly shownDefault?: string;
  /** Completes the sentence `--flag must be …`. */
  readonly kind: string;
  /** Reads what stands behind the flag; undefined: it is not of that kind. */
  read(text: string): Value | undefined;
}

/** The values of a table of options. */
export type Values<Table> = { readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never };

export function whole(about: { least: number; most: number; default: number; meaning: string }): Option<number> {
  const { least, most, meaning } = about;
  return {
    default: about.default,
    meaning,
    placeholder: 'n',
    shownDefault: String(about.default),
    kind: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

export function choice<const Word extends string>(
  words: readonly Word[],
  usual: NoInfer<Word>,
  meaning: string,
): Option<Word> {
  return {
    default: usual,
    meaning,
    placeholder: words.join('|'),
    shownDefault: usual,
    kind: `one of ${words.join(', ')}`,
    read: (text) => words.find((word) => word === text),
  };
}

export function onOff(usual: boolean, meaning: string): Option<boolean> {
  const words = choice(['on', 'off'], usual ? 'on' : 'off', meaning);
  return {
    ...words,
    default: usual,
    read: (text) => {
      const word = words.read(text);
      return word === undefined ? undefined : word === 'on';
    },
  };
}

/** A text; an empty default stands for one that is made up at the start, and is not named. */
export function text(usual: string, placeholder: string, meaning: string): Option<string> {
  return {
    default: usual,
    meaning,
    placeholder,
    ...(usual !== '' && { shownDefault: usual }),
    kind: 'a text that is not empty',
    read: (value) => (value === '' ? undefined : value),
  };
}

/** Some of the words, parted by commas. */
export function someOf<const Word extends string>(words: readonly Word[], meaning: string): Option<readonly Word[]> {
  return {
    default: [],
    meaning,
    placeholder: 'words',
    kind: `some of ${words.join(', ')}, parted by commas`,
    read: (value) => {
      const read = value.split(',').map((part) => words.find((word) => word === part));
      return read.every((word) => word !== undefined) ? read : undefined;
    },
  };
}
