#!/usr/bin/env node
import { runProcess } from '../program/process.ts';
import { ASCII } from '../singer/protocol/ascii.ts';
import { runCommandLine } from '../singer/command-line.ts';

runProcess({
  name: 'tap-compose',
  encoding: ASCII,
  run: runCommandLine,
  async tellFailure(context, thrown) {
    const { tellFailure } = await import('../singer/protocol/failures.ts');
    tellFailure(context, thrown);
  },
});
