/** Our readers against the providers' own SDKs, fed with the same bytes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialectOf } from '../../src/dialects/registry.ts';
import type { DialectId } from '../../src/model/target.ts';
import { type PreparedAnswer, preparedAnswers, readAnswer } from '../support/answers.ts';
import { messageAdded, messageEvents, messageWhole } from '../support/sdk/anthropic.ts';
import { converseEvents, converseWhole, invokeAdded, invokeEvents, invokeWhole } from '../support/sdk/bedrock.ts';
import { DIFFERENCES, type Difference, type Teller } from '../support/sdk/differences.ts';
import { contentEvents, contentWhole } from '../support/sdk/google.ts';
import {
  chatAdded,
  chatEvents,
  chatWhole,
  completionEvents,
  completionWhole,
  responseAdded,
  responseEvents,
  responseWhole,
} from '../support/sdk/openai.ts';
import { type Story, storyOf, type Told } from '../support/sdk/story.ts';

type Tell = (bytes: Uint8Array) => Promise<Told>;

const TELLERS: { readonly [id in DialectId]?: { readonly [teller in Teller]?: Tell } } = {
  'openai-chat': { events: chatEvents, added: chatAdded, whole: chatWhole },
  'openai-completions': { events: completionEvents, whole: completionWhole },
  'openai-responses': { events: responseEvents, added: responseAdded, whole: responseWhole },
  'anthropic-messages': { events: messageEvents, added: messageAdded, whole: messageWhole },
  gemini: { events: contentEvents, whole: contentWhole },
  'bedrock-converse': { events: converseEvents, whole: converseWhole },
  'bedrock-invoke': { events: invokeEvents, added: invokeAdded, whole: invokeWhole },
};

for (const [id, tellers] of Object.entries(TELLERS)) {
  const answers = preparedAnswers(id);
  const differences = DIFFERENCES[id] ?? {};
  const { openAnswer } = dialectOf(id as DialectId);

  describe(`the SDK for ${id}`, () => {
    test('has differences only with answers that there are', () => {
      const names = new Set(answers.map(({ name }) => name));
      assert.deepEqual(
        Object.keys(differences).filter((name) => !names.has(name)),
        [],
      );
    });

    for (const answer of answers) {
      const ours = storyOf(readAnswer(openAnswer, answer.bytes, answer).frames);
      for (const [teller, tell] of tellersOf(answer, tellers)) {
        const own = (differences[answer.name] ?? []).filter(({ of }) => of === undefined || of === teller);
        const [difference] = own;
        const verb = difference === undefined ? 'agrees on' : 'differs, as it should, on';
        test(`${verb} ${answer.name}, ${teller}${difference === undefined ? '' : `: ${difference.why}`}`, async () => {
          assert.ok(own.length <= 1, 'one difference is enough');
          await check(() => tell(answer.bytes), ours, difference);
        });
      }
    }
  });
}

/** A body that came in place of a stream is fed as the body that it is. */
function tellersOf(
  { isStreamed }: PreparedAnswer,
  { whole, ...streamed }: { readonly [teller in Teller]?: Tell },
): readonly (readonly [Teller, Tell])[] {
  const all = isStreamed ? Object.entries(streamed) : Object.entries({ whole });
  return all.flatMap(([teller, tell]) => (tell === undefined ? [] : [[teller as Teller, tell] as const]));
}

async function check(tell: () => Promise<Told>, ours: Story, difference: Difference | undefined): Promise<void> {
  if (difference?.refusal !== undefined) {
    await assert.rejects(tell, difference.refusal);
    return;
  }
  const told = await tell();
  const keys = Object.keys(told) as (keyof Story)[];
  assert.ok(keys.includes('trouble'));
  const expected = { ...ours, ...difference?.theirs, usage: { ...ours.usage, ...difference?.theirs?.usage } };
  for (const key of keys) assert.deepEqual(told[key], expected[key], key);
  // A difference that is none any more must leave the list.
  for (const key of Object.keys(difference?.theirs ?? {}) as (keyof Story)[])
    if (keys.includes(key)) assert.notDeepEqual(told[key], ours[key], key);
}
