import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAMILIES, familyOf } from './families.ts';
import { FAMILY_IDS } from './family.ts';
import { breachOf, describeLimits } from './limits.ts';
import { matches, type Target } from './matching.ts';
import { NATIVE_ROWS } from './native-names.ts';
import { findParameter, PARAMETER_NAMES, PARAMETERS } from './parameter.ts';
import { RULES, rulesOf } from './rules.ts';
import { SOURCES, type SourceId } from './sources.ts';

/** Names that rules speak of though they are passed through. */
const PASSED_THROUGH = ['reasoning_format', 'include_reasoning'];

describe('the rules', () => {
  test('have names of their own', () => {
    const ids = RULES.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const { id, parameters, match, reason, wayOut, demand, when } of RULES) {
    test(`${id} speaks of parameters that there are, and says why`, () => {
      for (const name of parameters) {
        assert.ok(findParameter(name)?.name === name || PASSED_THROUGH.includes(name), name);
      }
      assert.ok(reason.length > 10 && !reason.endsWith('.'));
      assert.ok(wayOut === undefined || !wayOut.endsWith('.'));
      for (const pattern of [match.models, match.except]) if (pattern !== undefined) new RegExp(pattern);
      assert.ok(match.families !== undefined || match.dialects !== undefined);
      // What is always said must be advice: there is no value to mend.
      assert.ok(parameters.length > 0 || demand.kind === 'advice');
      for (const { name } of when) assert.match(name, /^[a-z_]+(\.[a-z]+)?$/);
    });
  }

  test('ask for nothing that the family’s own range would refuse', () => {
    for (const { id, match, parameters, demand } of RULES) {
      if (demand.kind !== 'within' && demand.kind !== 'absent') continue;
      const limits = demand.kind === 'within' ? demand.limits : demand.unless;
      const values = [limits?.min, limits?.max, ...(limits?.values ?? [])].filter((value) => value !== undefined);
      for (const family of FAMILIES.filter((one) => match.families?.includes(one.id))) {
        for (const name of parameters) {
          const known = findParameter(name);
          const support = known === undefined ? undefined : family.support[known.name];
          if (support?.is !== 'supported') continue;
          const wrong = values.filter((value) => breachOf(value, support.limits) !== undefined);
          assert.deepEqual(wrong, [], `${id}: ${name} of ${family.id} is ${describeLimits(support.limits)}`);
        }
      }
    }
  });
});

describe('the families', () => {
  test('are all there, each prefix in one', () => {
    assert.deepEqual(FAMILIES.map(({ id }) => id).toSorted(), FAMILY_IDS.toSorted());
    const prefixes = FAMILIES.flatMap((family) => family.prefixes);
    assert.equal(new Set(prefixes).size, prefixes.length);
  });

  test('know the universal parameters, all but stop where it is refused', () => {
    for (const { id, support } of FAMILIES) {
      assert.equal(support.temperature?.is, 'supported', id);
      assert.equal(support.max_tokens?.is, 'supported', id);
      assert.ok(support.stop !== undefined, id);
    }
  });

  test('have defaults within their ranges', () => {
    for (const { id, support } of FAMILIES) {
      for (const [name, known] of Object.entries(support)) {
        if (known.is === 'refused' || known.default === undefined) continue;
        assert.equal(breachOf(known.default, known.limits), undefined, `${id} ${name}`);
      }
    }
  });

  test('are told by the dialect before the prefix', () => {
    const rows = [
      ['anthropic', 'anthropic-messages', 'anthropic'],
      ['vertex_ai', 'anthropic-messages', 'anthropic'],
      ['vertex_ai', 'gemini', 'gemini'],
      ['vertex_ai', 'openai-chat', 'compatible'],
      ['bedrock', 'bedrock-converse', 'bedrock'],
      ['bedrock', 'bedrock-invoke', 'anthropic'],
      [undefined, 'gemini', 'gemini'],
      [undefined, 'openai-chat', 'unknown'],
      ['litellm_proxy', 'openai-chat', 'unknown'],
      ['together_ai', 'openai-chat', 'compatible'],
      ['poe', 'openai-chat', 'json-configured'],
      ['azure', 'openai-responses', 'azure'],
    ] as const;
    for (const [prefix, dialect, family] of rows)
      assert.equal(familyOf(prefix, dialect).id, family, `${prefix} ${dialect}`);
  });
});

test('every source is used, and every use has one', () => {
  const used = new Set<SourceId>([
    ...RULES.map(({ source }) => source),
    ...FAMILIES.flatMap(({ source, support }) => [
      source,
      ...Object.values(support).flatMap((known) => known.source ?? []),
    ]),
  ]);
  assert.deepEqual(
    Object.keys(SOURCES).filter((id) => !used.has(id as SourceId)),
    [],
  );
});

test('every parameter is listed once, and aliases are nobody else’s', () => {
  assert.deepEqual(PARAMETERS.map(({ name }) => name).toSorted(), PARAMETER_NAMES.toSorted());
  const names = PARAMETERS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
});

test('spellings are of parameters that there are', () => {
  for (const { names } of NATIVE_ROWS)
    for (const name of Object.keys(names)) assert.equal(findParameter(name)?.name, name);
});

describe('models are told apart by name', () => {
  const CLAUDES: readonly (readonly [model: string, generation: 'old' | '4.6' | 'newer'])[] = [
    ['claude-2.1', 'old'],
    ['claude-instant-1.2', 'old'],
    ['anthropic.claude-v2:1', 'old'],
    ['claude-3-haiku-20240307', 'old'],
    ['claude-3.5-sonnet', 'old'],
    ['claude-3-7-sonnet-latest', 'old'],
    ['claude-opus-4', 'old'],
    ['claude-opus-4-latest', 'old'],
    ['claude-4-sonnet', 'old'],
    ['claude-sonnet-4-20250514', 'old'],
    ['claude-opus-4@20250514', 'old'],
    ['anthropic.claude-sonnet-4-20250514-v1:0', 'old'],
    ['claude-haiku-4-5@20251001', 'old'],
    ['claude-opus-4.5', 'old'],
    ['claude-opus-4.6', '4.6'],
    ['us.anthropic.claude-opus-4-6-v1', '4.6'],
    ['claude-sonnet-4-6', '4.6'],
    ['claude-opus-4-7', 'newer'],
    ['claude-opus-4.8', 'newer'],
    ['claude-opus-4-10', 'newer'],
    ['claude-sonnet-5', 'newer'],
    ['claude-opus-5-5', 'newer'],
    ['claude-fable-5-2', 'newer'],
    ['claude-mythos-preview', 'newer'],
    ['claude-haiku-6', 'newer'],
    ['claude-something-else', 'newer'],
  ];
  for (const [model, generation] of CLAUDES) {
    test(`${model} is ${generation}`, () => {
      const ids = rulesFor({ prefix: 'anthropic', dialect: 'anthropic-messages', family: 'anthropic', model });
      assert.equal(ids.has('claude-newer-temperature'), generation === 'newer');
      assert.equal(ids.has('claude-4.6-efforts'), generation === '4.6');
    });
  }

  const OPENAIS: readonly (readonly [model: string, reasons: boolean])[] = [
    ['gpt-4o', false],
    ['gpt-4.1-mini', false],
    ['gpt-3.5-turbo', false],
    ['chatgpt-4o-latest', false],
    ['gpt-oss-120b', false],
    ['openai/gpt-oss-20b', false],
    ['gpt-5-chat-latest', false],
    ['gpt-4o-audio-preview', false],
    ['olmo-3', false],
    ['o1', true],
    ['o1-mini', true],
    ['o3-2025-04-16', true],
    ['o4-mini', true],
    ['gpt-5', true],
    ['gpt-5-2025-08-07', true],
    ['openai/gpt-5-mini', true],
    ['gpt-5.1-codex-max', true],
    ['gpt-5.10', true],
    ['gpt-6-astra', true],
    ['gpt-10', true],
    ['ft:gpt-5-mini:acme::x', true],
  ];
  for (const [model, reasons] of OPENAIS) {
    test(`${model} ${reasons ? 'reasons' : 'does not reason'}`, () => {
      const ids = rulesFor({ prefix: 'openai', dialect: 'openai-chat', family: 'openai', model });
      assert.equal(ids.has('openai-reasoning-penalties'), reasons);
    });
  }

  test('GPT-5.10 is not taken for GPT-5.1', () => {
    const ids = rulesFor({ prefix: 'openai', dialect: 'openai-chat', family: 'openai', model: 'gpt-5.10' });
    assert.ok(!ids.has('openai-efforts-5.1') && ids.has('openai-reasoning-temperature'));
  });
});

test('what is not listed in a match does not matter, and what is listed must fit', () => {
  const target: Target = { prefix: undefined, dialect: 'gemini', family: 'gemini', model: 'gemini-3' };
  assert.ok(matches({}, target));
  assert.ok(!matches({ prefixes: ['vertex_ai'] }, target));
  assert.ok(!matches({ dialects: ['ollama'] }, target));
  assert.ok(!matches({ models: 'gemini', except: '-3' }, target));
});

function rulesFor(target: Target): ReadonlySet<string> {
  return new Set(rulesOf(target).map(({ id }) => id));
}
