import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import { DEFAULT_QUIRKS } from '../dialects/dialect.ts';
import { openaiChat } from '../dialects/openai-chat/dialect.ts';
import { type Credentials, NO_CREDENTIALS } from '../model/target.ts';
import { type DrawnPrompt, NOTHING_ASKED } from '../model/workload.ts';
import { createSanitizer } from '../wire/sanitize.ts';
import { type Draft, Drafts } from './drafts.ts';

const SIGNED: Credentials = {
  ...NO_CREDENTIALS,
  signing: {
    kind: 'aws-sigv4',
    region: 'us-east-1',
    service: 'bedrock',
    accessKeyId: 'AKID',
    secretAccessKey: 'secret-of-signing',
    sessionToken: undefined,
  },
};
const KEYED: Credentials = { ...NO_CREDENTIALS, apiKey: 'key-0123' };
const EPOCH_MS = 1_767_225_600_000;

describe('a request that is signed', () => {
  test('is signed when it is built, with the wall clock and the credentials', () => {
    const { drafts, clock, signed } = rigOf(SIGNED);
    clock.advance(500);
    drafts.draft(DRAWN, DEFAULT_QUIRKS);
    assert.deepEqual(signed, [[SIGNED, EPOCH_MS + 500]]);
  });

  test('keeps its signature for a minute, and is then signed anew', () => {
    const { drafts, clock, signed } = rigOf(SIGNED);
    const draft = drafts.draft(DRAWN, DEFAULT_QUIRKS);
    clock.advance(60_000);
    assert.equal(drafts.fresh(draft), draft.built.request);
    clock.advance(1);
    assert.notEqual(drafts.fresh(draft), draft.built.request);
    assert.deepEqual(
      signed.map(([, epochMs]) => epochMs),
      [EPOCH_MS, EPOCH_MS + 60_001],
    );
  });
});

describe('new credentials', () => {
  test('are in what is sent from then on, also where it was built before', () => {
    const { drafts } = rigOf(KEYED);
    const draft = drafts.draft(DRAWN, DEFAULT_QUIRKS);
    assert.equal(keyOf(drafts, draft), 'Bearer key-0123');
    drafts.renew({ ...KEYED, apiKey: 'key-4567' });
    assert.equal(keyOf(drafts, draft), 'Bearer key-4567');
    assert.equal(keyOf(drafts, drafts.draft(DRAWN, DEFAULT_QUIRKS)), 'Bearer key-4567');
  });

  test('leave the old ones secret', () => {
    const { drafts } = rigOf(KEYED);
    drafts.renew({ ...KEYED, apiKey: 'key-4567' });
    assert.equal(drafts.sanitizer.text('key-0123 key-4567 key-89'), '*** *** key-89');
  });
});

test('a request that is not signed is built once, however long it waits', () => {
  const { drafts, clock } = rigOf(KEYED);
  const draft = drafts.draft(DRAWN, DEFAULT_QUIRKS);
  clock.advance(3_600_000);
  assert.equal(drafts.fresh(draft), draft.built.request);
});

const DRAWN: DrawnPrompt = {
  item: {
    index: 0,
    name: undefined,
    messages: [{ role: 'user', content: 'Hi' }] as const,
    maxTokens: undefined,
    tools: undefined,
    toolChoice: undefined,
  },
  asked: NOTHING_ASKED,
  laterTurns: [],
};

interface Rig {
  readonly drafts: Drafts;
  readonly clock: VirtualClock;
  /** What was signed with, and when by the wall clock. */
  readonly signed: (readonly [Credentials, number])[];
}

function rigOf(credentials: Credentials): Rig {
  const clock = createVirtualClock(1_000, EPOCH_MS);
  const signed: Rig['signed'] = [];
  const drafts = new Drafts({
    plan: buildPlan({}),
    target: buildTarget({}),
    credentials,
    userAgent: 'llm-bench/test',
    dialect: openaiChat,
    http: {
      // Its bytes are the headers, for a test to look at.
      prepare: ({ headers }) => ({
        origin: { isTls: false, host: 'h', port: 80, proxy: undefined },
        bytes: Buffer.from(JSON.stringify(headers)),
      }),
      send: () => () => undefined,
      close: () => undefined,
    },
    clock,
    authorize(request, own, epochMs) {
      signed.push([own, epochMs]);
      return request;
    },
    createSanitizer,
  });
  return { drafts, clock, signed };
}

function keyOf(drafts: Drafts, draft: Draft): string {
  return JSON.parse(Buffer.from(drafts.fresh(draft).bytes).toString()).authorization;
}
