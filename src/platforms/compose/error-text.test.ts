import { expect, test } from 'vitest';
import { quoted } from '../../text/quoted.ts';
import { serverText } from '../../text/server-text.ts';
import { errorText } from './error-text.ts';

const shown = (body: string): string => quoted(errorText(serverText(body)));

test.each([
  ['the documented error body', '{"errors":"invalid_token"}', 'invalid_token'],
  [
    'a map of lists',
    '{"errors":{"limit":["is too big","is odd"],"cursor":["is unknown"]}}',
    'limit: is too big; limit: is odd; cursor: is unknown',
  ],
  ['a map of strings', '{"errors":{"error":"account is locked"}}', 'account is locked'],
  ['a list of strings', '{"errors":["one","two"]}', 'one; two'],
  ['a nested map', '{"errors":{"deployment":{"name":["is taken"]}}}', 'name: is taken'],
  ['a body with `error` instead of `errors`', '{"error":"no such path"}', 'no such path'],
  ['a body with `message` instead of `errors`', '{"message":"no such path"}', 'no such path'],
  ['an object without an error', '{"status":404,"path":"/x"}', 'status: 404; path: /x'],
  ['an empty map of errors', '{"errors":{}}', ''],
  ['an empty body', '', ''],
  ['a JSON text', '"nope"', 'nope'],
  ['a JSON null', 'null', 'null'],
  ['plain text on several lines', ' upstream\r\n  timed\tout\n', 'upstream timed out'],
  [
    "a proxy's web page",
    '<html><head><style>b{color:red}</style><script>go(1)</script></head><body><h1>502</h1>Bad gateway</body></html>',
    '502 Bad gateway',
  ],
  ['a page with tags inside words', '<p>tok-<wbr>0123<b>4</b><!-- -->5</p><p>is <i>bad</i></p>', 'tok-012345 is bad'],
  ['an XML response', '<Error><Code>Denied</Code><Message>No access</Message></Error>', 'Denied No access'],
  ['a truncated page', 'Bad gateway<br/><style>b{color:', 'Bad gateway'],
  ['text with an angle bracket that is not a tag', 'limit must be < 100 and > 0', 'limit must be < 100 and > 0'],
  ['truncated JSON', '{"errors":"inv', '{"errors":"inv'],
])('%s is rendered as one line of text', (_, body, text) => {
  expect(shown(body)).toBe(text);
});
