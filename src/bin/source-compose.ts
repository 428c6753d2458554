#!/usr/bin/env node
import { runCommandLine } from '../airbyte/command-line.ts';
import { runProcess } from '../program/process.ts';

runProcess({
  name: 'source-compose',
  run: runCommandLine,
  async reportFailure(context, thrown) {
    const { reportFailure } = await import('../airbyte/protocol/failures.ts');
    reportFailure(context, thrown);
  },
});
