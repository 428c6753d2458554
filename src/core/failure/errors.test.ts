import { describe, expect, test } from 'vitest';
import { compose } from '../../platforms/compose/compose.ts';
import { ConnectorError, asConnectorError, inputError } from './errors.ts';
import { type ProblemId, type Trait, traits } from './problems.ts';

const { facts: terms } = compose.terms;

describe('ConnectorError', () => {
  const error = new ConnectorError(
    'forbidden',
    { ...terms, path: 'teams {host}' },
    { internalMessage: 'GET teams: HTTP 403', status: 403, cause: 'c' },
  );

  test('facts are inserted into the message, and braces in facts are kept', () => {
    expect(error.message).toContain('not authorized to read teams {host} (HTTP 403)');
    expect(error).toMatchObject({ problem: 'forbidden', failureType: 'config_error', status: 403, cause: 'c' });
  });

  test('an error cannot be created without all facts of its message', () => {
    // @ts-expect-error The type requires the facts that the message contains.
    expect(() => new ConnectorError('forbidden', { ...terms })).toThrow(/no value for path/);
  });

  test.each<[ProblemId, Trait[]]>([
    ['forbidden', ['rejection']],
    ['unauthorized', ['rejection']],
    ['not_found', ['rejection', 'absence']],
    ['credentials_rejected', ['fatalToSync']],
    ['token_rejected', ['fatalToOrigin']],
    ['profile_rejected', ['fatalToOrigin']],
    ['server_error', []],
    ['unexpected_status', []],
  ])('the problem %s has the traits %j', (problem, expected) => {
    const error = new ConnectorError(problem, { message: 'm' });
    const all = Object.keys(traits) as Trait[];
    expect(all.filter((trait) => error.is(trait))).toEqual(expected);
  });

  test('a note is appended to the message', () => {
    expect(new ConnectorError('unexpected', {}, { note: 'One more.' }).message).toMatch(
      / this sync's log\. One more\.$/,
    );
    expect(new ConnectorError('unexpected', {}, { note: undefined }).message).toMatch(/ this sync's log\.$/);
  });
});

test('an input error keeps its message, including braces', () => {
  expect(inputError('The file {x} is odd.')).toMatchObject({
    message: 'The file {x} is odd.',
    failureType: 'config_error',
  });
});

describe('asConnectorError', () => {
  test('a ConnectorError is returned unchanged', () => {
    const error = inputError('x');
    expect(asConnectorError(error)).toBe(error);
  });

  test('any stack overflow is reported as data that is nested too deeply', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const depthOf = (value: unknown): number => (Array.isArray(value) ? 1 + depthOf(value[0]) : 0);
    for (const follow of [JSON.stringify, structuredClone, depthOf]) {
      try {
        follow(deep);
        expect.unreachable();
      } catch (thrown) {
        expect(asConnectorError(thrown)).toMatchObject({ problem: 'nested_too_deeply', failureType: 'system_error' });
      }
    }
  });

  test.each([
    [new TypeError('x is not a function'), 'TypeError: x is not a function'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [null, 'null'],
  ])('the thrown value %s is treated as a bug, and its text is only logged', (thrown, internalMessage) => {
    const error = asConnectorError(thrown);
    expect(error).toMatchObject({ problem: 'unexpected', failureType: 'system_error', internalMessage, cause: thrown });
    if (internalMessage !== 'undefined') expect(error.message).not.toContain(internalMessage);
  });
});
