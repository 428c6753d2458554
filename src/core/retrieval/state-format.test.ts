import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partitionState } from './partition/cursor.ts';
import { monthState } from './month/cursor.ts';
import { newestFirstState } from './newest-first/cursor.ts';
import { StateFrame } from './cursor.ts';
import { type StateFormat, parseState } from './state-format.ts';

const T1 = '2018-08-22T09:56:23.363Z';
const T2 = '2018-08-23T00:00:00.000Z';
const WHERE = 'The state of audit_events in the state file s.json';

const walk = (state: object): unknown => parseState(newestFirstState, state, WHERE, 'compose');
const marks = (state: object): unknown => parseState(partitionState, state, WHERE, 'compose');
const months = (state: object): unknown => parseState(monthState, state, WHERE, 'compose');

describe('a state written by any release', () => {
  test.each([
    { version: 1 },
    { version: 1, mark: T1 },
    { version: 1, mark: T1, job: '17' },
    { version: 1, walk: { cursor: 'e7' } },
    { version: 1, walk: { top: T2, cursor: 'e7' } },
    { version: 1, mark: T1, walk: { top: T2, cursor: 'e7', floor: T1 }, job: '17' },
    { version: 1, mark: T1, walk: { top: T2, cursor: 'e7', before: 'e8', floor: T1 } },
  ])('the newest-first state %j is accepted', (state) => {
    expect(walk(state)).toEqual(state);
  });

  test.each([
    { version: 1, marks: {} },
    { version: 1, marks: { d1: T1, d2: T2 } },
    { version: 1, marks: { d1: T1 }, job: '17' },
    { version: 1, marks: { d1: T1 }, pending: ['r1', 'r2'] },
  ])('the partition state %j is accepted', (state) => {
    expect(marks(state)).toEqual(state);
  });

  test.each([
    { version: 1 },
    { version: 1, month: '2018-07' },
    { version: 1, month: '2018-07', start_date: T1, job: '17' },
  ])('the month state %j is accepted', (state) => {
    expect(months(state)).toEqual(state);
  });
});

test.each(['2018-13', '2018-00', '2018-7', '2018-07-01', '2018', '', 7])('%j is not accepted as a month', (month) => {
  expect(() => months({ version: 1, month })).toThrow(/month must have the form YYYY-MM/);
});

test.each([{}, { mark: null, version: null }, { __ab_no_cursor_state_message: true }])(
  'with the state %j, the stream is read from the beginning',
  (state) => {
    expect(walk(state)).toEqual({ version: 1 });
    expect(marks(state)).toEqual({ version: 1, marks: {} });
  },
);

test('nulls and unknown fields are ignored at any depth', () => {
  expect(walk({ version: 1, mark: null, repeat: 3, walk: { cursor: 'e7', top: null, floor: null, x: 1 } })).toEqual({
    version: 1,
    walk: { cursor: 'e7' },
  });
  expect(marks({ version: 1, marks: { d1: null, d2: T2 }, job: null, extra: {} })).toEqual({
    version: 1,
    marks: { d2: T2 },
  });
});

test('timestamps in different formats are accepted', () => {
  expect(walk({ version: 1, mark: '2018-08-22T11:56:23.363+02:00' })).toEqual({ version: 1, mark: T1 });
  expect(marks({ version: 1, marks: { d1: '2018-08-23' } })).toEqual({ version: 1, marks: { d1: T2 } });
});

describe('an unusable state', () => {
  test.each([
    [{ mark: T1 }, 'version must be 1'],
    [{ version: '1' }, 'version must be 1'],
    [{ version: 2 }, 'version is 2, so a later release of this connector wrote the state'],
    [{ version: 1, mark: 'yesterday' }, 'mark must be a timestamp'],
    [{ version: 1, walk: { top: T1 } }, 'walk.cursor must be an id'],
    [{ version: 1, walk: { cursor: 'e7', before: 8 } }, 'walk.before must be an id'],
    [{ version: 1, walk: { cursor: 'e7', floor: [] } }, 'walk.floor must be a timestamp'],
    [{ version: 1, job: 17 }, 'job must be a string'],
  ])('the newest-first state %j causes an error that names the file and the field', (state, problem) => {
    expect(() => walk(state)).toThrow(expect.objectContaining({ failureType: 'config_error' }));
    expect(() => walk(state)).toThrow(`${WHERE} cannot be used: ${problem}`);
  });

  test.each([
    [{ version: 1, marks: [] }, 'marks must be an object with timestamps as values'],
    [{ version: 1, marks: { d1: 'soon' } }, 'marks.d1 must be a timestamp'],
    [{ version: 1, marks: {}, pending: { r1: true } }, 'pending must be a list of keys'],
    [{ version: 1, marks: {}, pending: ['r1', 2] }, 'pending.1 must be a key'],
  ])('the partition state %j causes an error that names the file and the field', (state, problem) => {
    expect(() => marks(state)).toThrow(`${WHERE} cannot be used: ${problem}`);
  });
});

describe('the platform of a state', () => {
  const formats: StateFormat[] = [newestFirstState, partitionState];
  const each = (state: object, platform: string): unknown[] =>
    formats.map((format) => parseState(format, state, WHERE, platform));
  const stateHead = (platform: string): object =>
    new StateFrame(
      { version: 1 },
      { mode: 'incremental', platform, startedAt: T2, lookbackMs: 0, startDate: undefined, jobId: undefined },
    ).state({});

  test('every state contains its platform, except for Compose states, which predate this field', () => {
    expect(stateHead('compose')).toEqual({ version: 1 });
    expect(stateHead('ibm_cloud')).toEqual({ version: 1, platform: 'ibm_cloud' });
  });

  test.each([
    [{ version: 1, platform: 'ibm_cloud', marks: { d1: T1 } }, 'compose', 'belongs to the platform ibm_cloud'],
    [{ version: 1, marks: { d1: T1 } }, 'ibm_cloud', 'belongs to the platform compose'],
    [{ version: 1, platform: null, mark: T1 }, 'ibm_cloud', 'belongs to the platform compose'],
    [{ version: 1, platform: ['compose'] }, 'compose', 'belongs to the platform of another kind'],
    [{ version: 1, platform: 'x'.repeat(61) }, 'compose', 'belongs to the platform of another kind'],
    // The platform is checked first, even if the state is unusable for other reasons.
    [{ platform: 'ibm_cloud', version: 9 }, 'compose', 'belongs to the platform ibm_cloud'],
  ])('the state %j is rejected if the config names the platform %s', (state, platform, said) => {
    for (const format of formats) {
      expect(() => parseState(format, state, WHERE, platform)).toThrow(
        expect.objectContaining({
          failureType: 'config_error',
          message: expect.stringContaining(
            `${WHERE} ${said}, but the config specifies ${platform}. Reset the stream`,
          ) as string,
        }),
      );
    }
  });

  test.each([{}, { version: null }, { platform: null }, { __ab_no_cursor_state_message: true }])(
    'the empty state %j is accepted for any platform',
    (state) => {
      for (const platform of ['compose', 'ibm_cloud']) {
        expect(each(state, platform)).toEqual([{ version: 1 }, { version: 1, marks: {} }]);
      }
    },
  );
});

test('any JSON state is either accepted or rejected with one sentence', () => {
  const json = fc.oneof(
    fc.dictionary(fc.constantFrom('version', 'mark', 'walk', 'job', 'marks', 'pending'), fc.jsonValue()),
    fc.record({ version: fc.constant(1), mark: fc.jsonValue(), walk: fc.jsonValue(), marks: fc.jsonValue() }),
  );
  fc.assert(
    fc.property(json, (state) => {
      for (const parse of [walk, marks]) {
        try {
          expect(parse(state)).toMatchObject({ version: 1 });
        } catch (error) {
          expect(error).toMatchObject({
            problem: 'input_unusable',
            message: expect.not.stringContaining('undefined') as string,
          });
        }
      }
    }),
  );
});
