import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPromptAnswer } from './prompt-answer.ts';

const AB = ['Say a.', 'Say b.'];

for (const [what, answer, prompts] of [
  ['an array', '["Say a.", "Say b."]', AB],
  ['an object with prompts', '{"topic": ["x"], "prompts": ["Say a.", "Say b."]}', AB],
  ['an object with one list of another name', '{"items": ["Say a.", "Say b."]}', AB],
  ['objects', '[{"id": 1, "prompt": "Say a."}, {"text": "Say b."}]', AB],
  ['objects of an unknown kind', '[{"n": 1, "task": "Say a."}, {"task": "Say b."}]', AB],
  ['a fence', 'Here you are:\n```json\n["Say a.",\n "Say b."]\n```\nEnjoy!', AB],
  ['a fence without a language', '```\n{"prompts": ["Say a.", "Say b."]}\n```', AB],
  ['the second of two fences', '```python\nprint(1)\n```\n```json\n["Say a.", "Say b."]\n```', AB],
  ['an array among words', 'Sure! ["Say a.", "Say b."] I hope [this] helps', ['Say a.', 'Say b.']],
  ['an object among words', 'Sure: {"prompts": ["Say a.", "Say b."]} done', AB],
  ['a JSON value a line', '"Say a."\n"Say b."', AB],
  ['a JSON object a line', '{"prompt": "Say a."},\n{"prompt": "Say b."}', AB],
  ['an array that was cut off', '["Say a.", "Say b.", "Say c', AB],
  ['an array of objects that was cut off', '[{"prompt": "Say a."}, {"prompt": "Say b."}, {"prompt": "Sa', AB],
  ['a fence that was cut off', '```json\n["Say a.", "Say b.", "Say', AB],
  ['a numbered list', '1. Say a.\n2. Say b.', AB],
  ['a numbered list with words around it', 'Here are 2 prompts:\n\n1) Say a.\n2) Say b.\n\nLet me know!', AB],
  ['a list with dashes, quotes and emphasis', '- "Say a."\n* **Say b.**\n', AB],
  ['a list with bullets and typographic quotes', '• “Say a.”\n• “Say b.”', AB],
  ['bare lines', 'Here are two prompts:\nSay a.\n\nSay b.\n', AB],
  ['Windows lines', '1. Say a.\r\n2. Say b.\r\n', AB],
  ['lines within a prompt', '["Say\\na.", "Say b."]', ['Say\na.', 'Say b.']],
  ['a list whose points have several lines', '1. Say\n   a.\n2. Say b.', ['Say\na.', 'Say b.']],
  ['prompts with brackets and quotes', '["What is [x]?", "Say \\"a\\"."]', ['What is [x]?', 'Say "a".']],
  ['the same prompt twice', '["Say a.", " say  A. ", "Say b."]', ['Say a.', 'Say b.']],
  ['empty ones', '["Say a.", "", " ", "Say b."]', AB],
  ['numbers among texts', '["Say a.", 3, null, "Say b."]', AB],
  ['an empty array', '[]', []],
  ['nothing', '', []],
  ['a fence with nothing in it', '```json\n```', []],
] as const) {
  test(`${what} is read`, () => {
    assert.deepEqual(readPromptAnswer(answer), prompts);
  });
}

test('whatever the texts are: as JSON they come back as they were', () => {
  const texts = fc.uniqueArray(
    fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.replaceAll(/\r\n/g, '\n').trim()),
    { selector: (text) => text.toLowerCase().replaceAll(/\s+/g, ' ') },
  );
  fc.assert(
    fc.property(texts, fc.boolean(), (all, isFenced) => {
      const prompts = all.filter((text) => text !== '');
      const json = JSON.stringify(prompts, undefined, 2);
      assert.deepEqual(readPromptAnswer(isFenced ? `So:\n\`\`\`json\n${json}\n\`\`\`` : json), prompts);
    }),
    { seed: 11 },
  );
});

test('whatever the answer is, it is read', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', ',', '\\', '`', '\n', '1', '.', ' ', 'a') }),
      (text) => {
        for (const prompt of readPromptAnswer(text)) assert.equal(prompt, prompt.trim());
      },
    ),
    { seed: 13, numRuns: 500 },
  );
});
