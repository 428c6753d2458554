// An import would have every export of util made first, which is 1 ms of a start.
const { parseArgs } = process.getBuiltinModule('node:util');

export type Command =
  | { name: 'help' | 'version' | 'nothing' }
  | { name: 'spec'; debug: boolean }
  | { name: 'check' | 'discover'; config: string; debug: boolean }
  | { name: 'read'; config: string; catalog: string; state: string | undefined; debug: boolean }
  | { name: 'wrong'; complaint: string };

const FILES = { spec: [], check: ['config'], discover: ['config'], read: ['config', 'catalog', 'state'] } as const;

type FileOption = 'config' | 'catalog' | 'state';

/** Reads the command line. What is wrong with it is told in one line that quotes no value: one may be a secret. */
export function parseCommandLine(argv: string[]): Command {
  const files: Partial<Record<FileOption, string>> = {};
  const words: string[] = [];
  let debug = false;
  let wish: 'help' | 'version' | undefined;
  const { tokens } = parseArgs({
    args: argv,
    strict: false,
    tokens: true,
    options: {
      config: { type: 'string' },
      catalog: { type: 'string' },
      state: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    if (name === 'config' || name === 'catalog' || name === 'state') {
      // `--config --catalog x` would take the next option for a file name.
      if (value === undefined || value === '' || (!token.inlineValue && value.startsWith('-'))) {
        return wrong(`--${name} needs the name of a file`);
      }
      files[name] = value;
    } else if (name === 'debug' || name === 'help' || name === 'version') {
      if (value !== undefined) return wrong(`--${name} takes no value`);
      if (name === 'debug') debug = true;
      else wish ??= name;
    } else {
      return wrong(`unknown option ${token.rawName}`);
    }
  }
  if (wish !== undefined) return { name: wish };
  const [name, ...rest] = words;
  if (name === undefined) {
    return Object.keys(files).length === 0
      ? { name: 'nothing' }
      : wrong('no command; there are spec, check, discover and read');
  }
  if (!Object.hasOwn(FILES, name)) return wrong('unknown command; there are spec, check, discover and read');
  if (rest.length > 0)
    return wrong(`${name} takes no further words; files are given with --config, --catalog, --state`);
  return complete(name as keyof typeof FILES, files, debug);
}

function complete(name: keyof typeof FILES, files: Partial<Record<FileOption, string>>, debug: boolean): Command {
  const accepted: readonly string[] = FILES[name];
  for (const option of Object.keys(files)) if (!accepted.includes(option)) return wrong(`${name} takes no --${option}`);
  if (name === 'spec') return { name, debug };
  const { config, catalog, state } = files;
  if (config === undefined) return wrong(`${name} needs --config FILE`);
  if (name !== 'read') return { name, config, debug };
  if (catalog === undefined) return wrong('read needs --catalog FILE');
  return { name, config, catalog, state, debug };
}

function wrong(complaint: string): Command {
  return { name: 'wrong', complaint };
}
