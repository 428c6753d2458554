import { expect, test } from 'vitest';
import { openContext } from '../../test-support/unit/output.ts';
import { VERSION } from '../core/version.ts';
import { startLog } from './start-log.ts';

function shown(debug: boolean, env: Record<string, string>): string[] {
  const { context, messages } = openContext(env);
  const log = startLog(context, 'read', debug);
  log.debug('details');
  log.error('failed');
  return messages().map((message) => (message.type === 'LOG' ? message.log.message : message.type));
}

const first = `source-compose ${VERSION}: read`;

test('the first line says which release runs', () => {
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
  expect(shown(false, {})).toEqual([first, 'failed']);
});

test.each<[debug: boolean, env: Record<string, string>, lines: string[]]>([
  [true, {}, [first, 'details', 'failed']],
  [false, { LOG_LEVEL: 'debug' }, [first, 'details', 'failed']],
  [false, { LOG_LEVEL: 'DEBUG' }, [first, 'details', 'failed']],
  [true, { LOG_LEVEL: 'error' }, [first, 'details', 'failed']],
  [false, { LOG_LEVEL: 'ERROR' }, ['failed']],
  [false, { LOG_LEVEL: 'nonsense' }, [first, 'failed']],
])('--debug %s with %j', (debug, env, lines) => {
  expect(shown(debug, env)).toEqual(lines);
});
