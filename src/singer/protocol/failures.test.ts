import { describe, expect, test } from 'vitest';
import { openTap } from '../../../test-support/unit/singer.ts';
import { inputError } from '../../core/failure/errors.ts';
import { addCredential } from '../../text/credentials.ts';
import { reportFailure } from './failures.ts';

describe('an error that ends the sync', () => {
  test('is reported in the last line of the log', () => {
    const tap = openTap();
    reportFailure(tap.context, inputError('The config file c.json cannot be used.'));
    expect(tap.stdout()).toBe('');
    expect(tap.log()).toEqual(['CRITICAL The config file c.json cannot be used.']);
  });

  test('is logged with a stack trace and advice if it is a bug', () => {
    const tap = openTap();
    const TOKEN = 'token-0123456789';
    addCredential(TOKEN);
    reportFailure(tap.context, new TypeError(`boom ${TOKEN}`));
    const log = tap.log();
    expect(log[0]).toBe('CRITICAL TypeError: boom ****');
    expect(log[1]).toBe('TypeError: boom ****');
    expect(log.at(-1)).toMatch(/^CRITICAL The connector hit an unexpected error, probably a bug/);
    expect(log.join('\n')).not.toContain(TOKEN);
  });
});
