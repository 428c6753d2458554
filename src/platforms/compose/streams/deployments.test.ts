import { expect, test } from 'vitest';
import { openRun } from '../../../../test-support/unit/reads.ts';
import type { Shared } from '../../../core/retrieval/shared/declaration.ts';
import type { ComposeShared } from '../stream.ts';
import { deployments } from './deployments.ts';

const { detail } = deployments.retrieval as Shared<ComposeShared>;

test('the details of a deployment are requested by id, and only the two fields with secrets are read', () => {
  expect(detail).toMatchObject({ fields: ['connection_strings', 'ca_certificate_base64'] });
  expect(detail?.request({ id: '5a2b/?' }, openRun().run.shared)).toEqual({
    path: 'deployments/5a2b%2F%3F',
  });
});

test.each([true, false])(
  'the details of a deployment are requested only if include_connection_strings is true: %s',
  (wanted) => {
    const shared = openRun({ includeConnectionStrings: wanted }).run.shared;
    expect(detail?.isWanted(shared)).toBe(wanted);
  },
);

test('the details of a deployment cause an error if the body reports an error with HTTP 200', () => {
  expect(() => detail?.values({ errors: 'gone' }, 'deployments/d1')).toThrow(
    'The API returned an invalid response for deployments/d1',
  );
});
