#!/usr/bin/env node
import { runProcess } from '../program/process.ts';
import { ASCII } from '../singer/protocol/ascii.ts';
import { runCommandLine } from '../singer/command-line.ts';

runProcess({
  name: 'tap-compose',
  encoding: ASCII,
  run: runCommandLine,
  failures: () => import('../singer/protocol/failures.ts'),
});
