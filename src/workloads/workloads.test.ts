import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AppError } from '../errors.ts';
import type { Message } from '../model/message.ts';
import { readJsonl } from './jsonl.ts';
import { inlineWorkload, openWorkload } from './open.ts';
import type { Prompt, PromptReader } from './source.ts';
import { readText } from './text.ts';
import { readYaml } from './yaml.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-prompts-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const user = (content: string): Message => ({ role: 'user', content });

function prompt(content: string, more: Partial<Prompt> = {}): Prompt {
  return {
    name: undefined,
    maxTokens: undefined,
    messages: [user(content)],
    tools: undefined,
    toolChoice: undefined,
    ...more,
  };
}

async function refusalOf(act: () => unknown): Promise<AppError> {
  try {
    await act();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

for (const [what, text, prompts] of [
  ['a line each', 'one\ntwo\n', ['one', 'two']],
  ['no newline at the end', 'one\ntwo', ['one', 'two']],
  ['Windows and old Mac line ends', 'one\r\ntwo\rthree', ['one', 'two', 'three']],
  ['blank lines and blanks around', '\n  one  \n\t\n two\n\n', ['one', 'two']],
  ['nothing', '', []],
  ['nothing but blanks', ' \n\t\r\n', []],
] as const) {
  test(`text with ${what} gives ${prompts.length} prompts`, () => {
    assert.deepEqual(
      readText(text, 'p.txt'),
      prompts.map((content) => prompt(content)),
    );
  });
}

for (const [what, line, expected] of [
  ['prompt', '{"prompt": "Hi"}', prompt('Hi')],
  ['content', '{"content": "Hi"}', prompt('Hi')],
  ['prompt beside content', '{"prompt": "Hi", "content": "no"}', prompt('Hi')],
  ['a name and a limit', '{"prompt": "Hi", "name": "n", "token_limit": 5}', prompt('Hi', { name: 'n', maxTokens: 5 })],
  ['max_tokens', '{"prompt": "Hi", "max_tokens": 7}', prompt('Hi', { maxTokens: 7 })],
  [
    'token_limit beside max_tokens',
    '{"prompt": "Hi", "max_tokens": 7, "token_limit": 5}',
    prompt('Hi', { maxTokens: 5 }),
  ],
  [
    'nulls for what is missing',
    '{"prompt": "Hi", "name": null, "token_limit": null, "max_tokens": 7}',
    prompt('Hi', { maxTokens: 7 }),
  ],
  ['fields of other tools', '{"prompt": "Hi", "label": 3}', prompt('Hi')],
  ['blanks that belong to the prompt', '{"prompt": " Hi "}', prompt(' Hi ')],
  [
    'a system text',
    '{"prompt": "Hi", "system": "Be brief."}',
    prompt('', { messages: [{ role: 'system', content: 'Be brief.' }, user('Hi')] }),
  ],
  [
    'messages',
    '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}, {"role": "user", "content": "b"}]}',
    prompt('', { messages: [user('a'), { role: 'assistant', content: '' }, user('b')] }),
  ],
] as const) {
  test(`a JSON line with ${what} is read`, () => {
    assert.deepEqual(readJsonl(line, 'p.jsonl'), [expected]);
  });
}

test('JSON lines may end in CRLF and be parted by blank lines, which count as lines', async () => {
  const text = '{"prompt": "one"}\r\n\r\n{"prompt": "two"}\r\n';
  assert.deepEqual(readJsonl(text, 'p.jsonl'), [prompt('one'), prompt('two')]);
  const { message } = await refusalOf(() => readJsonl(`${text}{`, 'p.jsonl'));
  assert.match(message, /^p\.jsonl:4: this is not JSON \(/);
});

for (const [line, problem] of [
  ['{"prompt": "Hi"', /this is not JSON \(/],
  ['"Hi"', /this is JSON, but not an object$/],
  ['[{"prompt": "Hi"}]', /this is JSON, but not an object$/],
  ['null', /this is JSON, but not an object$/],
  ['{}', /the object has no prompt, content or messages$/],
  ['{"prompt": null}', /the object has no prompt, content or messages$/],
  ['{"prompt": 3}', /prompt must be a text that is not empty$/],
  ['{"prompt": "  "}', /prompt must be a text that is not empty$/],
  ['{"content": ""}', /content must be a text that is not empty$/],
  ['{"prompt": "Hi", "name": 3}', /name must be a text that is not empty$/],
  ['{"messages": [{"role": "user", "content": "a"}], "system": "b"}', /system stands beside messages$/],
  ['{"prompt": "Hi", "system": []}', /system must be a text that is not empty$/],
  ['{"prompt": "Hi", "token_limit": 0}', /token_limit must be a whole number from 1$/],
  ['{"prompt": "Hi", "token_limit": 1.5}', /token_limit must be a whole number from 1$/],
  ['{"prompt": "Hi", "token_limit": "9"}', /token_limit must be a whole number from 1$/],
  ['{"prompt": "Hi", "max_tokens": -1}', /max_tokens must be a whole number from 1$/],
  ['{"messages": []}', /messages must be a list that is not empty$/],
  ['{"messages": "Hi"}', /messages must be a list that is not empty$/],
  ['{"messages": [{"role": "critic", "content": "a"}]}', /a message has no role system, user, assistant or tool$/],
  ['{"messages": [null]}', /a message has no role system, user, assistant or tool$/],
  ['{"messages": [{"role": "user", "content": [{"type": "text"}]}]}', /the content of a message must be a text$/],
] as const) {
  test(`the JSON line ${line} is refused with its file, line and problem`, async () => {
    const refusal = await refusalOf(() => readJsonl(`{"prompt": "fine"}\n${line}`, 'some/p.jsonl'));
    assert.equal(refusal.code, 'FILE_MALFORMED');
    assert.match(refusal.message, /^some\/p\.jsonl:2: /);
    assert.match(refusal.message, problem);
    assert.notEqual(refusal.hint, '');
  });
}

const YAML = `# Prompts of the house
prompts:
  - name: short
    text: Hi
    token_limit: 5
  - text: |
      Two
      lines
    system: Be brief.
  - name: chat
    messages:
      - {role: user, content: a}
      - {role: assistant, content: b}
`;

const YAML_PROMPTS: readonly Prompt[] = [
  prompt('Hi', { name: 'short', maxTokens: 5 }),
  prompt('', { messages: [{ role: 'system', content: 'Be brief.' }, user('Two\nlines\n')] }),
  prompt('', { name: 'chat', messages: [user('a'), { role: 'assistant', content: 'b' }] }),
];

test('YAML prompts are read with names, limits, system texts and messages', () => {
  assert.deepEqual(readYaml(YAML, 'p.yaml'), YAML_PROMPTS);
  assert.deepEqual(readYaml(YAML.replaceAll('\n', '\r\n'), 'p.yaml'), YAML_PROMPTS);
});

test('YAML may share a text by an alias', () => {
  const text = 'prompts:\n  - system: &s Be brief.\n    text: a\n  - system: *s\n    text: b\n';
  assert.deepEqual(
    readYaml(text, 'p.yaml').map(({ messages }) => messages[0]?.content),
    ['Be brief.', 'Be brief.'],
  );
});

for (const [what, text] of [
  ['nothing', ''],
  ['only a comment', '# later\n'],
  ['an empty list', 'prompts: []\n'],
] as const) {
  test(`YAML with ${what} holds no prompt`, () => assert.deepEqual(readYaml(text, 'p.yaml'), []));
}

for (const [what, text, line, problem] of [
  ['broken quotes', 'prompts:\n  - text: "Hi\n', 3, /this is not YAML \(/],
  ['two documents', 'prompts: []\n---\nprompts: []\n', 2, /this is not YAML \(/],
  ['a key twice', 'prompts:\n  - text: a\n    text: b\n', 3, /this is not YAML \(/],
  ['an alias that leads nowhere', 'prompts:\n  - text: *gone\n', 2, /this is not YAML \(Unresolved alias/],
  ['a list at the top', '- text: Hi\n', 1, /there is no list "prompts"$/],
  ['another name at the top', 'questions:\n  - text: Hi\n', 1, /there is no list "prompts"$/],
  ['prompts that are no list', 'prompts:\n  text: Hi\n', 1, /there is no list "prompts"$/],
  ['a prompt that is a bare text', 'prompts:\n  - text: Hi\n  - Ho\n', 3, /a prompt must have a name and a text$/],
  ['an empty prompt', 'prompts:\n  - text: Hi\n  -\n', 3, /a prompt must have a name and a text$/],
  ['no text', 'prompts:\n  - token_limit: 3\n    name: n\n', 3, /the prompt has no text$/],
  ['an empty text', 'prompts:\n  - name: n\n    text: ""\n', 3, /text must be a text that is not empty$/],
  ['a number for a text', 'prompts:\n  - name: n\n    text: 42\n', 3, /text must be a text that is not empty$/],
  ['a limit of 0', 'prompts:\n  - text: Hi\n\n    token_limit: 0\n', 4, /token_limit must be a whole number from 1$/],
  [
    'a limit in words',
    'prompts:\n  - text: Hi\n    token_limit: ten\n',
    3,
    /token_limit must be a whole number from 1$/,
  ],
  ['an unknown field', 'prompts:\n  - text: Hi\n    max_token: 3\n', 3, /"max_token" is no field of a prompt$/],
  ['messages without a role', 'prompts:\n  - messages:\n      - content: a\n', 3, /a message has no role/],
] as const) {
  test(`YAML with ${what} is refused at line ${line}`, async () => {
    const refusal = await refusalOf(() => readYaml(text, 'p.yaml'));
    assert.equal(refusal.code, 'FILE_MALFORMED');
    assert.ok(refusal.message.startsWith(`p.yaml:${line}: `), refusal.message);
    assert.match(refusal.message, problem);
  });
}

test('the hint for an unknown YAML field names the ones there are', async () => {
  const refusal = await refusalOf(() => readYaml('prompts:\n  - txt: Hi\n', 'p.yaml'));
  assert.equal(refusal.hint, 'use name, text, token_limit, system, messages, tools, tool_choice');
});

test('a file is read by its extension, in any case, without its byte order mark', async () => {
  for (const [name, content] of [
    ['a.txt', '\uFEFFHi\n'],
    ['A.TXT', 'Hi\r\n'],
    ['a.jsonl', '\uFEFF{"prompt": "Hi"}\n'],
    ['a.yaml', '\uFEFFprompts:\n  - text: Hi\n'],
    ['a.yml', 'prompts: [{text: Hi}]'],
  ] as const) {
    const { items } = await openWorkload(fileOf(name, content));
    assert.deepEqual(items, [{ index: 0, ...prompt('Hi') }], name);
  }
});

test('items are numbered by their place, and the origin names the file as the user did', async () => {
  const file = fileOf('three.txt', 'a\n\nb\nc\n');
  const { items, origin } = await openWorkload(file);
  assert.deepEqual(
    items.map(({ index, messages }) => [index, messages[0]?.content]),
    [
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ],
  );
  assert.deepEqual([origin.source, origin.items], [file, 3]);
});

test('equal prompts have an equal fingerprint, whatever held them', async () => {
  const hashes = [
    (await openWorkload(fileOf('same.txt', 'Hi\nHo\n'))).origin.sha256,
    (await openWorkload(fileOf('same.jsonl', '{"content":"Hi"}\n{"prompt":"Ho","other":1}'))).origin.sha256,
    (await openWorkload(fileOf('same.yaml', 'prompts:\n  - text: Hi\n  - {text: Ho}\n'))).origin.sha256,
    inlineWorkload(['Hi', 'Ho']).origin.sha256,
  ];
  assert.equal(new Set(hashes).size, 1);
  assert.match(hashes[0] ?? '', /^[0-9a-f]{64}$/);
  const named = '{"token_limit":4,"name":"n","system":"S","prompt":"Hi"}';
  const namedYaml = 'prompts:\n  - text: Hi\n    system: S\n    name: n\n    token_limit: 4\n';
  assert.equal(
    (await openWorkload(fileOf('named.jsonl', named))).origin.sha256,
    (await openWorkload(fileOf('named.yaml', namedYaml))).origin.sha256,
  );
});

test('another text, name, limit, role or order has another fingerprint', async () => {
  const lines = [
    '{"prompt":"Hi"}',
    '{"prompt":"Hi "}',
    '{"prompt":"Hi","name":"n"}',
    '{"prompt":"Hi","token_limit":1}',
    '{"messages":[{"role":"system","content":"Hi"}]}',
  ];
  const hashes = lines.map(async (line, place) => (await openWorkload(fileOf(`${place}.jsonl`, line))).origin.sha256);
  assert.equal(new Set(await Promise.all(hashes)).size, 5);
  assert.notEqual(inlineWorkload(['a', 'b']).origin.sha256, inlineWorkload(['b', 'a']).origin.sha256);
});

test('inline prompts are called inline', () => {
  const { origin, items } = inlineWorkload(['Say hello']);
  assert.deepEqual([origin.source, origin.items], ['inline', 1]);
  assert.deepEqual(items, [{ index: 0, ...prompt('Say hello') }]);
});

test('files that cannot be used are refused with what to do', async () => {
  mkdirSync(join(folder, 'folder.txt'), { recursive: true });
  const locked = fileOf('locked.txt', 'Hi');
  chmodSync(locked, 0);
  const mayReadAll = process.getuid?.() === 0;
  for (const [file, code, message] of [
    ['gone.txt', 'FILE_UNREADABLE', 'cannot read gone.txt: there is no such file'],
    [join(folder, 'folder.txt'), 'FILE_UNREADABLE', `cannot read ${join(folder, 'folder.txt')}: it is a folder`],
    ['p.csv', 'FILE_KIND_UNKNOWN', 'p.csv: no reader for this kind of file'],
    ['prompts', 'FILE_KIND_UNKNOWN', 'prompts: no reader for this kind of file'],
    ['.jsonl', 'FILE_KIND_UNKNOWN', '.jsonl: no reader for this kind of file'],
    ...(mayReadAll ? [] : [[locked, 'FILE_UNREADABLE', `cannot read ${locked}: permission denied`] as const]),
  ] as const) {
    const refusal = await refusalOf(() => openWorkload(file));
    assert.deepEqual([refusal.code, refusal.message], [code, message]);
  }
});

for (const [name, content] of [
  ['empty.txt', '\n \n'],
  ['empty.jsonl', ''],
  ['empty.yaml', 'prompts: []'],
] as const) {
  test(`${name} without a prompt is refused as empty`, async () => {
    const file = fileOf(name, content);
    const refusal = await refusalOf(() => openWorkload(file));
    assert.deepEqual([refusal.code, refusal.message], ['FILE_EMPTY', `${file} holds no prompt`]);
  });
}

test('no reader keeps anything from one file to the next', () => {
  for (const [read, text] of [
    [readText, 'a\nb'],
    [readJsonl, '{"prompt":"a"}'],
    [readYaml, YAML],
  ] as readonly (readonly [PromptReader, string])[]) {
    assert.deepEqual(read(text, 'x'), read(text, 'y'));
  }
});
