import type { Context } from '../core/context.ts';
import { parseCommandLine } from './arguments.ts';
import { runSpec } from './spec.ts';
import { USAGE } from './usage.ts';
import { VERSION } from '../core/version.ts';

/**
 * Runs one command line and gives its exit code. The code of a command is loaded only when it runs, but for that of
 * `spec`, which is small and is to start at once. Throws what a command throws.
 */
export async function runCommandLine(argv: string[], context: Context, out: Output): Promise<number> {
  const command = parseCommandLine(argv);
  switch (command.name) {
    case 'nothing':
      out.stderr(USAGE);
      return 1;
    case 'wrong':
      out.stderr(`source-compose: ${command.complaint}. See source-compose --help.\n`);
      return 2;
    case 'help':
      out.stdout(USAGE);
      return 0;
    case 'version':
      out.stdout(`${VERSION}\n`);
      return 0;
    case 'spec':
      return runSpec(context);
    case 'check': {
      const { runCheck } = await import('./check.ts');
      return runCheck(context, command.config, command.debug);
    }
    case 'discover': {
      const { runDiscover } = await import('./discover.ts');
      return runDiscover(context, command.config, command.debug);
    }
    case 'read': {
      const { runRead } = await import('./read.ts');
      return runRead(context, command, command.debug);
    }
  }
}

/** Texts that are no messages of the protocol. */
export interface Output {
  stdout: (text: string) => void;
  stderr: (text: string) => void;
}
