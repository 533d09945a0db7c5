import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterDescription } from '../model/parameter-check.ts';
import { renderParameters } from './parameters.ts';
import { PLAIN_STYLE } from './style.ts';

const EMPTY: ParameterDescription = {
  name: 'openai/gpt-5',
  prefix: 'openai',
  dialect: 'openai-chat',
  model: 'gpt-5',
  mode: 'strict',
  outcome: { kind: 'sent', body: {}, adjustments: [] },
  notes: [],
  support: [],
};

describe('the parameters of a target', () => {
  test('that is sent nothing are told in a line', () => {
    assert.equal(render(EMPTY), 'openai/gpt-5\nopenai · openai-chat · strict\n\nsent beside the prompt  nothing');
  });

  test('that stands for another model name it', () => {
    assert.match(render({ ...EMPTY, name: 'azure/mine' }), /^azure\/mine\nopenai · openai-chat · gpt-5 · strict\n/);
    assert.match(
      render({ ...EMPTY, name: 'gpt-5', prefix: undefined }),
      /^gpt-5\nno known provider · openai-chat · strict\n/,
    );
  });

  test('are shown as they go out, with what was changed before', () => {
    const text = render({
      ...EMPTY,
      outcome: {
        kind: 'sent',
        body: { max_completion_tokens: 5 },
        adjustments: [
          made({ parameter: 'max_tokens', action: 'rename', from: 5, to: 5, sentAs: 'max_completion_tokens' }),
          made({ parameter: 'temperature', action: 'drop', from: 0.3, source: 'a page, https://a.example' }),
          made({ parameter: 'n', action: 'clamp', from: 9, to: 8, sentAs: 'candidateCount' }),
          made({ parameter: 'top_p', action: 'clamp', from: 2, to: 1, sentAs: 'top_p' }),
          made({ parameter: 'max_tokens', action: 'set', from: null, to: 5, sentAs: 'max_tokens' }),
        ],
      },
    });
    assert.equal(
      text,
      [
        'openai/gpt-5',
        'openai · openai-chat · strict',
        '',
        'changed before it is sent',
        '  rename  max_tokens 5 → max_completion_tokens',
        '  drop    temperature 0.3',
        '      because',
        '      a page, https://a.example',
        '  clamp   n 9 → candidateCount 8',
        '      because',
        '  clamp   top_p 2 → 1',
        '      because',
        '  set     max_tokens → 5',
        '      because',
        '',
        'sent beside the prompt',
        '  {',
        '    "max_completion_tokens": 5',
        '  }',
      ].join('\n'),
    );
  });

  test('that are refused come with rule, source and ways out', () => {
    const text = render({
      ...EMPTY,
      outcome: {
        kind: 'refused',
        problems: [
          {
            parameter: 'temperature',
            value: 0.3,
            rule: 'a-rule',
            reason: 'must be 1',
            source: 'a page',
            wayOut: 'leave it out',
            isVerified: false,
          },
        ],
      },
    });
    assert.equal(
      text,
      [
        'openai/gpt-5',
        'openai · openai-chat · strict',
        '',
        'refused: nothing would be sent',
        '  temperature 0.3',
        '      must be 1',
        '      → leave it out',
        '      rule a-rule (unverified): a page',
        '',
        'Or: --params adjust mends what can be mended, --params pass sends all as it is.',
      ].join('\n'),
    );
  });

  test('have notes', () => {
    const notes = [
      { parameter: 'seed', text: 'best effort', source: 'a page' },
      { parameter: undefined, text: 'of the whole', source: 'another' },
    ];
    assert.match(
      render({ ...EMPTY, notes }),
      /\n\nnotes\n {2}seed: best effort\n {6}a page\n {2}of the whole\n {6}another$/,
    );
  });

  test('that there are stand in three groups', () => {
    const text = render(
      {
        ...EMPTY,
        support: [
          known({ parameter: 'top_p', range: '0 to 1', default: 1, sentAs: 'topP' }),
          known({ parameter: 'service_tier', default: 'auto' }),
          known({ parameter: 'seed', status: 'refused', remarks: [remark('there is none')] }),
          known({ parameter: 'min_p', status: 'refused' }),
          known({ parameter: 'n', status: 'unknown' }),
        ],
      },
      true,
    );
    assert.ok(
      text.endsWith(
        [
          'takes',
          '  top_p         0 to 1 · default 1 · sent as topP',
          '  service_tier  default auto',
          '',
          'refuses',
          '  seed          there is none (unverified)',
          '  min_p',
          '',
          'not known, sent as it is',
          '  n',
          '',
          'Parameters of other names are passed through as they are.',
        ].join('\n'),
      ),
      text,
    );
  });

  test('fit the terminal, but for words that are longer', () => {
    const long = 'some words that go on and on '.repeat(9).trim();
    const problem = {
      parameter: 'p',
      value: 'v'.repeat(200),
      rule: 'r',
      reason: long,
      source: long,
      wayOut: long,
      isVerified: true,
    };
    const text = render(
      {
        ...EMPTY,
        outcome: { kind: 'refused', problems: [problem] },
        notes: [{ parameter: 'p', text: long, source: long }],
        support: [known({ parameter: 'repetition_penalty', range: long, remarks: [remark(long)] })],
      },
      true,
    );
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  });
});

type Made = Extract<ParameterDescription['outcome'], { kind: 'sent' }>['adjustments'][number];
type Known = ParameterDescription['support'][number];

function made(some: Partial<Made> & Pick<Made, 'parameter' | 'action' | 'from'>): Made {
  return { to: undefined, sentAs: undefined, reason: 'because', source: 'llm-bench', ...some };
}

function known(some: Partial<Known> & Pick<Known, 'parameter'>): Known {
  const { parameter } = some;
  return {
    tier: 'common',
    status: 'supported',
    range: '',
    default: undefined,
    sentAs: parameter,
    remarks: [],
    source: '',
    ...some,
  };
}

function remark(text: string): Known['remarks'][number] {
  return { text, source: 'a page', isVerified: false };
}

function render(description: ParameterDescription, withSupport = false): string {
  return renderParameters({ description, withSupport, style: PLAIN_STYLE, columns: 80 });
}
