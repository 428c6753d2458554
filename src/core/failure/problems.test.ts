import { describe, expect, test } from 'vitest';
import { compose } from '../../platforms/compose/compose.ts';
import { type ProblemId, problems } from './problems.ts';

const ids = Object.keys(problems) as ProblemId[];
const terms = new Map(Object.entries(compose.terms.facts));

/** The problem's message, with the platform's terms filled in and all other facts left in braces. */
function told(id: ProblemId): string {
  return problems[id].message.replace(/\{(\w+)\}/g, (place, name: string) => terms.get(name) ?? place);
}

describe.each(ids)('the problem %s', (id) => {
  const message = told(id);

  test('the message consists of complete sentences', () => {
    expect(message).toMatch(/^(?:\{detail\}$|(?:[A-Z]|base_url |\{host\} ).*\.$)/);
    expect(message).not.toMatch(/\n|\s{2}|undefined/);
  });

  test('the message contains only valid names in braces', () => {
    const facts = [...message.matchAll(/\{(.*?)\}/g)].map((match) => match[1] ?? '');
    for (const fact of facts) expect(fact).toMatch(/^[a-z]+$/);
  });
});

const words = (text: string): string[] => text.trim().split(/\s+/);

test('every problem has the expected failure type', () => {
  const byType: Record<string, string[]> = {};
  for (const id of ids) (byType[problems[id].failureType] ??= []).push(id);
  expect(byType).toEqual({
    config_error: words(`
      input_unusable deployments_unknown partitions_rejected credentials_rejected profile_rejected token_rejected
      unauthorized forbidden certificate_untrusted tls_not_spoken
      proxy_login proxy_rejected api_not_found windows_cut_off`),
    system_error: words(`
      not_offered not_found redirected unexpected_status unexpected_body body_too_large nested_too_deeply
      list_not_paged unexpected`),
    transient_error: words(`
      server_error query_too_long rate_limited host_unknown connection_refused connection_lost tls_failed proxy_unreachable
      proxy_failed host_unresponsive timed_out damaged_answer check_timed_out`),
  });
});
