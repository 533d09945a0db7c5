/** Tools, calls and results in prompt files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AppError } from '../errors.ts';
import { readJsonl } from './jsonl.ts';
import { inlineWorkload, openWorkload } from './open.ts';
import type { Prompt } from './source.ts';
import { readYaml } from './yaml.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-tools-'));
after(() => rmSync(folder, { recursive: true }));

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const WEATHER = { name: 'weather', description: 'Of a city', parameters: SCHEMA };
const CALL = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city": "Ulm"}' } };

const line = (fields: object): string => JSON.stringify({ prompt: 'Hi', ...fields });
const read = (fields: object): Prompt | undefined => readJsonl(line(fields), 'p.jsonl')[0];

describe('a list of tools', () => {
  test('is read from OpenAI’s envelope, or without it', () => {
    assert.deepEqual(read({ tools: [{ type: 'function', function: WEATHER }] })?.tools, [WEATHER]);
    assert.deepEqual(read({ tools: [WEATHER] })?.tools, [WEATHER]);
    assert.deepEqual(read({ tools: [{ type: 'function', ...WEATHER, strict: false }] })?.tools, [WEATHER]);
  });

  test('may leave out description and parameters', () => {
    const none = { description: undefined, parameters: undefined };
    assert.deepEqual(read({ tools: [{ name: 'now' }] })?.tools, [{ name: 'now', ...none }]);
    assert.deepEqual(read({ tools: [{ name: 'now', description: null, parameters: null }] })?.tools, [
      { name: 'now', ...none },
    ]);
  });

  test('may be missing', () => {
    assert.deepEqual(read({ tools: null, tool_choice: null }), readJsonl(line({}), 'p.jsonl')[0]);
    assert.equal(read({})?.tools, undefined);
  });
});

describe('a choice between tools', () => {
  for (const [written, choice] of [
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', function: { name: 'weather' } }, { name: 'weather' }],
    [{ name: 'weather' }, { name: 'weather' }],
  ] as const) {
    test(`is read from ${JSON.stringify(written)}`, () => {
      assert.deepEqual(read({ tools: [WEATHER], tool_choice: written })?.toolChoice, choice);
    });
  }
});

describe('a chat', () => {
  test('may hold calls and their results', () => {
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'c1', content: '12 °C' },
      { role: 'assistant', content: 'Twelve.', tool_calls: null },
    ];
    assert.deepEqual(readJsonl(JSON.stringify({ messages }), 'p.jsonl')[0]?.messages, [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"city": "Ulm"}' }] },
      { role: 'tool', callId: 'c1', name: 'weather', content: '12 °C' },
      { role: 'assistant', content: 'Twelve.' },
    ]);
  });

  test('may hold arguments as an object', () => {
    const call = { ...CALL, function: { name: 'weather', arguments: { city: 'Ulm' } } };
    const messages = [{ role: 'assistant', content: 'So:', tool_calls: [call] }];
    assert.deepEqual(readJsonl(JSON.stringify({ messages }), 'p.jsonl')[0]?.messages, [
      { role: 'assistant', content: 'So:', toolCalls: [{ id: 'c1', name: 'weather', arguments: '{"city":"Ulm"}' }] },
    ]);
  });
});

const calling = (...calls: readonly unknown[]): object => ({
  prompt: undefined,
  messages: [{ role: 'assistant', content: '', tool_calls: calls }],
});
const answering = (id: unknown): object => ({
  prompt: undefined,
  messages: [{ role: 'tool', content: 'a', tool_call_id: id }],
});

describe('a line is refused', () => {
  for (const [what, fields, problem] of [
    ['tools that are no list', { tools: {} }, /tools must be a list that is not empty$/],
    ['no tool', { tools: [] }, /tools must be a list that is not empty$/],
    ['a tool that is a text', { tools: ['weather'] }, /a tool must be an object$/],
    ['a tool of another type', { tools: [{ type: 'web_search' }] }, /a tool of type web_search is not known$/],
    ['a tool without a name', { tools: [{ description: 'x' }] }, /a tool has no name$/],
    ['a tool twice', { tools: [WEATHER, WEATHER] }, /the tool weather is there twice$/],
    ['a list for a description', { tools: [{ name: 'f', description: [] }] }, /the description of f must be a text$/],
    ['a text for a schema', { tools: [{ name: 'f', parameters: '{}' }] }, /the parameters of f must be a JSON schema$/],
    ['what families do not share', { tools: [{ name: 'f', strict: true }] }, /"strict" of the tool f is no field/],
    ['a choice without tools', { tool_choice: 'auto' }, /tool_choice stands there without tools$/],
    ['a choice that is not known', { tools: [WEATHER], tool_choice: 'any' }, /tool_choice is not known$/],
    ['the choice of another tool', { tools: [WEATHER], tool_choice: { name: 'f' } }, /names f, which is none of the/],
    ['no call', calling(), /tool_calls must be a list that is not empty$/],
    ['a call without an id', calling({ ...CALL, id: '' }), /a tool call has no id$/],
    ['a call without a name', calling({ id: '1', function: {} }), /a tool call has no name$/],
    ['arguments that are no JSON', calling({ id: '1', function: { name: 'f', arguments: 'x' } }), /must be JSON of an/],
    ['a list for arguments', calling({ id: '1', function: { name: 'f', arguments: '[]' } }), /must be JSON of an/],
    ['a result of nothing', answering(undefined), /answers no call before it$/],
    ['a result of a call that was not made', answering('c9'), /answers no call before it$/],
  ] as const) {
    test(`for ${what}`, () => {
      assert.throws(
        () => readJsonl(`{"prompt":"fine"}\n${line(fields)}`, 'p.jsonl'),
        (error) => {
          assert.ok(error instanceof AppError && error.code === 'FILE_MALFORMED');
          assert.match(error.message, /^p\.jsonl:2: /);
          assert.match(error.message, problem);
          assert.notEqual(error.hint, '');
          return true;
        },
      );
    });
  }
});

const YAML = `prompts:
  - text: Hi
    tools: &tools
      - name: weather
        description: Of a city
        parameters: { type: object, properties: { city: { type: string } }, required: [city] }
    tool_choice: required
  - text: Ho
    tools: *tools
`;

test('YAML has the same fields, and may share a list of tools', () => {
  const [first, second] = readYaml(YAML, 'p.yaml');
  assert.deepEqual([first?.tools, first?.toolChoice], [[WEATHER], 'required']);
  assert.deepEqual([second?.tools, second?.toolChoice], [[WEATHER], undefined]);
});

test('a mistake in YAML is named by its own line', () => {
  const message = (text: string): string => {
    try {
      readYaml(text, 'p.yaml');
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(message(YAML.replace('name: weather', 'nome: weather')), /^p\.yaml:4: a tool has no name/);
  assert.match(message(YAML.replace('required\n', 'any\n')), /^p\.yaml:7: tool_choice is not known/);
});

test('tools and their choice are part of the fingerprint, which is what it was without them', async () => {
  const file = join(folder, 'tools.jsonl');
  const hashOf = async (fields: object): Promise<string> => {
    writeFileSync(file, line(fields));
    return (await openWorkload(file)).origin.sha256;
  };
  const hashes = [
    await hashOf({}),
    await hashOf({ tools: [WEATHER] }),
    await hashOf({ tools: [{ ...WEATHER, description: 'Of a town' }] }),
    await hashOf({ tools: [WEATHER], tool_choice: 'auto' }),
  ];
  assert.equal(new Set(hashes).size, 4);
  assert.equal(hashes[0], inlineWorkload(['Hi']).origin.sha256);
  const canonical = '[{"messages":[{"role":"user","content":"Hi"}]}]';
  assert.equal(hashes[0], createHash('sha256').update(canonical).digest('hex'));
});
