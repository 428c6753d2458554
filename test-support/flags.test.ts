import { describe, expect, it } from 'vitest';
import { helpText, parseFlags } from './flags.ts';

const FLAGS = {
  only: { value: 'NAMES', meaning: 'plays these alone' },
  runs: { value: 'N', meaning: 'how often', default: '5' },
  keep: { meaning: 'leaves the folder' },
};

describe('the flags of a script', () => {
  it('have their defaults, and switches are off', () => {
    expect(parseFlags(FLAGS, [])).toEqual({ runs: '5', keep: false });
    expect(parseFlags(FLAGS, ['--only', 'a,b', '--runs=9', '--keep'])).toEqual({ only: 'a,b', runs: '9', keep: true });
  });

  it('include --help and -h in every script', () => {
    expect(parseFlags(FLAGS, ['-h'])).toMatchObject({ help: true });
    expect(parseFlags(FLAGS, ['--help'])).toMatchObject({ help: true });
  });

  it.each([
    ['an unknown flag', ['--rnus', '9'], /^Unknown option '--rnus'$/],
    ['a flag without its value', ['--runs'], /^Option '--runs <value>' argument missing$/],
    ['a switch with a value', ['--keep=yes'], /^Option '--keep' does not take an argument$/],
    ['a word that is no flag', ['peer'], /^Unexpected argument 'peer'/],
  ])('%s is rejected', (_, args, sentence) => {
    expect(parseFlags(FLAGS, args)).toMatch(sentence);
  });

  it('are listed in the help with their meanings and defaults', () => {
    expect(helpText('bench', 'Measures.', FLAGS)).toBe(
      [
        'Measures.',
        '',
        'Usage: npm run bench [-- FLAGS]',
        '',
        '  --only NAMES  plays these alone',
        '  --runs N      how often (default: 5)',
        '  --keep        leaves the folder',
        '  -h, --help    print this',
      ].join('\n'),
    );
  });
});
