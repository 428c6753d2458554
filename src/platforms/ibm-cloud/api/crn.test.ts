import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRegion, parseCrn } from './crn.ts';
import { DEFAULT_ENDPOINTS, endpointAt } from './endpoints.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const GUID = 'a0000000-0000-4000-8000-000000000001';

describe('a CRN', () => {
  test.each([
    [
      `crn:v1:bluemix:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}::`,
      { service: 'databases-for-redis', region: 'eu-de', account: ACCOUNT, instance: GUID },
    ],
    [
      `crn:v1:staging:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}:backup:b1`,
      { service: 'databases-for-redis', region: 'eu-de', account: ACCOUNT, instance: GUID },
    ],
    [
      `crn:v1:bluemix:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}:backup:with:colons:in:it`,
      { service: 'databases-for-redis', region: 'eu-de', account: ACCOUNT, instance: GUID },
    ],
    [
      'crn:v1:bluemix:public:iam:global:o/an-organisation:::role:x',
      { service: 'iam', region: 'global', account: '', instance: '' },
    ],
    ['crn:v1::::::::', { service: '', region: '', account: '', instance: '' }],
  ])('is parsed into its parts: %s', (text, parts) => {
    expect(parseCrn(text)).toEqual(parts);
  });

  test.each([
    '',
    'crn',
    GUID,
    `crn:v1:bluemix:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}:`,
    `crn:v2:bluemix:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}::`,
    `CRN:v1:bluemix:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}::`,
    ` crn:v1:bluemix:public:databases-for-redis:eu-de:a/${ACCOUNT}:${GUID}::`,
  ])('is not recognized in %j', (text) => {
    expect(parseCrn(text)).toBeUndefined();
  });
});

describe('a region', () => {
  test.each(['us-south', 'eu-de', 'che01', 'a', '1', `a-${'b'.repeat(61)}`])('may be %s', (text) => {
    expect(isRegion(text)).toBe(true);
  });

  test.each([
    '',
    '-',
    'us-',
    '-south',
    'us--south',
    'US-South',
    'us_south',
    'us.south',
    'us-south\n',
    'ü',
    'b'.repeat(64),
  ])('must not be %j', (text) => {
    expect(isRegion(text)).toBe(false);
  });

  test('cannot change the domain of the host', () => {
    const odd = fc
      .array(fc.constantFrom('a', 'z', '0', '9', '-', '.', '/', ':', '@', '#', '?', '%', '\\', ' ', '\n', '\u3002'))
      .map((characters) => characters.join(''));
    const whole = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}$/);
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(odd, whole, fc.string()), (text) => {
        if (!isRegion(text)) return;
        taken += 1;
        const { origin, pathname } = new URL(endpointAt(DEFAULT_ENDPOINTS.databases, text));
        expect(origin).toBe(`https://api.${text}.databases.cloud.ibm.com`);
        expect(pathname).toBe('/v5/ibm');
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});
