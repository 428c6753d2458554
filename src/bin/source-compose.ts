#!/usr/bin/env node
import { runCommandLine } from '../airbyte/command-line.ts';
import { runProcess } from '../program/process.ts';

runProcess({
  name: 'source-compose',
  run: runCommandLine,
  failures: () => import('../airbyte/protocol/failures.ts'),
});
