/**
 * Every word of the wire that the providers' own types know has a meaning with us. When a new version of an SDK brings another, this
 * file does not compile until someone has said what it means.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContentBlock, RawContentBlockDelta, StopReason } from '@anthropic-ai/sdk/resources/messages/messages';
import type { StopReason as BedrockReason, ContentBlockDelta } from '@aws-sdk/client-bedrock-runtime';
import { BlockedReason, type FinishReason as GoogleReason, type Part } from '@google/genai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { CompletionChoice } from 'openai/resources/completions';
import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { dialectOf } from '../../src/dialects/registry.ts';
import { TOKEN_EVENT_KINDS } from '../../src/model/record.ts';
import type { FinishReason, StreamPart } from '../../src/model/stream-part.ts';
import type { DialectId } from '../../src/model/target.ts';
import { readAnswer, readEvents } from '../support/answers.ts';
import { awsEvent } from '../support/aws-event-stream.ts';

type Meanings<Word extends string> = Readonly<Record<Word, FinishReason | undefined>>;

const CHAT: Meanings<NonNullable<ChatCompletionChunk.Choice['finish_reason']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

const COMPLETION: Meanings<CompletionChoice['finish_reason']> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content_filter',
};

const INCOMPLETE: Meanings<NonNullable<NonNullable<Response['incomplete_details']>['reason']>> = {
  max_output_tokens: 'length',
  content_filter: 'content_filter',
  max_messages: 'other',
  steered: 'other',
};

const ANTHROPIC: Meanings<StopReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
  pause_turn: 'other',
};

const BEDROCK: Meanings<BedrockReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  malformed_model_output: 'error',
  malformed_tool_use: 'error',
};

const GEMINI: Meanings<`${GoogleReason}`> = {
  FINISH_REASON_UNSPECIFIED: undefined,
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  ESCALATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  MALFORMED_RESPONSE: 'error',
  PUP_LIMITED_DISABLED: 'error',
  LANGUAGE: 'other',
  OTHER: 'other',
  IMAGE_OTHER: 'other',
  NO_IMAGE: 'other',
};

const rows: readonly (readonly [DialectId, Meanings<string>, (word: string) => object])[] = [
  ['openai-chat', CHAT, (word) => ({ choices: [{ index: 0, delta: {}, finish_reason: word }] })],
  ['openai-completions', COMPLETION, (word) => ({ choices: [{ index: 0, text: '', finish_reason: word }] })],
  [
    'openai-responses',
    INCOMPLETE,
    (reason) => ({ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason } } }),
  ],
  ['anthropic-messages', ANTHROPIC, (word) => ({ type: 'message_delta', delta: { stop_reason: word } })],
  ['gemini', GEMINI, (word) => ({ candidates: [{ finishReason: word }] })],
];

for (const [id, meanings, event] of rows) {
  describe(`why an answer of ${id} ended`, () => {
    for (const [word, reason] of Object.entries(meanings)) {
      test(`${word}: ${reason}`, () => {
        const parts = readEvents(dialectOf(id).openAnswer, event(word)).flat();
        assert.deepEqual(
          parts.filter(({ type }) => type === 'finish'),
          reason === undefined ? [] : [{ type: 'finish', reason, raw: word }],
        );
      });
    }
  });
}

describe('why an answer of bedrock-converse ended', () => {
  for (const [word, reason] of Object.entries(BEDROCK)) {
    test(`${word}: ${reason}`, () => {
      const [part] = readConverse('messageStop', { stopReason: word });
      assert.deepEqual(part, { type: 'finish', reason, raw: word });
    });
  }
});

describe('a prompt that Gemini blocked', () => {
  for (const word of Object.values(BlockedReason)) {
    test(word, () => {
      const [[part] = []] = readEvents(dialectOf('gemini').openAnswer, { promptFeedback: { blockReason: word } });
      assert.deepEqual(part, { type: 'finish', reason: 'content_filter', raw: word });
    });
  }
});

/** What the model has written when such a thing comes: as which kind of part it counts, or nothing. */
type Writing<Word extends string> = Readonly<Record<Word, StreamPart['type'] | undefined>>;

const EVENTS: Writing<ResponseStreamEvent['type']> = {
  'response.output_text.delta': 'content',
  'response.audio.delta': 'content',
  'response.audio.transcript.delta': 'content',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'tool-arguments',
  'response.custom_tool_call_input.delta': 'tool-arguments',
  'response.mcp_call_arguments.delta': 'tool-arguments',
  'response.code_interpreter_call_code.delta': 'tool-arguments',
  'response.shell_call_command.delta': 'tool-arguments',
  // What a command has printed.
  'response.shell_call_output_content.delta': undefined,
  'response.shell_call_output_content.done': undefined,
  'response.audio.done': undefined,
  'response.audio.transcript.done': undefined,
  'response.code_interpreter_call_code.done': undefined,
  'response.code_interpreter_call.completed': undefined,
  'response.code_interpreter_call.in_progress': undefined,
  'response.code_interpreter_call.interpreting': undefined,
  'response.compaction.compacting': undefined,
  'response.completed': undefined,
  'response.content_part.added': undefined,
  'response.content_part.done': undefined,
  'response.created': undefined,
  'response.custom_tool_call_input.done': undefined,
  'response.failed': undefined,
  'response.file_search_call.completed': undefined,
  'response.file_search_call.in_progress': undefined,
  'response.file_search_call.searching': undefined,
  'response.function_call_arguments.done': undefined,
  'response.image_generation_call.completed': undefined,
  'response.image_generation_call.generating': undefined,
  'response.image_generation_call.in_progress': undefined,
  'response.image_generation_call.partial_image': undefined,
  'response.in_progress': undefined,
  'response.incomplete': undefined,
  'response.mcp_call.completed': undefined,
  'response.mcp_call.failed': undefined,
  'response.mcp_call.in_progress': undefined,
  'response.mcp_call_arguments.done': undefined,
  'response.mcp_list_tools.completed': undefined,
  'response.mcp_list_tools.failed': undefined,
  'response.mcp_list_tools.in_progress': undefined,
  'response.output_item.added': undefined,
  'response.output_item.done': undefined,
  'response.output_text.annotation.added': undefined,
  'response.output_text.done': undefined,
  'response.queued': undefined,
  'response.reasoning_summary_part.added': undefined,
  'response.reasoning_summary_part.done': undefined,
  'response.reasoning_summary_text.done': undefined,
  'response.reasoning_text.done': undefined,
  'response.refusal.done': undefined,
  'response.shell_call_command.added': undefined,
  'response.shell_call_command.done': undefined,
  'response.web_search_call.completed': undefined,
  'response.web_search_call.in_progress': undefined,
  'response.web_search_call.searching': undefined,
  error: undefined,
};

/** Items that begin and hold a name, as far as their type has one. */
const ITEMS: Writing<ResponseOutputItem['type']> = {
  function_call: 'tool-name',
  custom_tool_call: 'tool-name',
  mcp_call: 'tool-name',
  mcp_approval_request: 'tool-name',
  code_interpreter_call: undefined,
  shell_call: undefined,
  local_shell_call: undefined,
  apply_patch_call: undefined,
  computer_call: undefined,
  tool_search_call: undefined,
  program: undefined,
  message: undefined,
  reasoning: undefined,
  compaction: undefined,
  image_generation_call: undefined,
  web_search_call: undefined,
  file_search_call: undefined,
  additional_tools: undefined,
  function_call_output: undefined,
  custom_tool_call_output: undefined,
  computer_call_output: undefined,
  local_shell_call_output: undefined,
  shell_call_output: undefined,
  apply_patch_call_output: undefined,
  tool_search_output: undefined,
  program_output: undefined,
  mcp_list_tools: undefined,
  mcp_approval_response: undefined,
};

const BLOCKS: Writing<ContentBlock['type']> = {
  text: 'content',
  thinking: 'reasoning',
  tool_use: 'tool-name',
  server_tool_use: 'tool-name',
  // Encrypted, or what a tool of the server gave back.
  redacted_thinking: undefined,
  web_search_tool_result: undefined,
  web_fetch_tool_result: undefined,
  code_execution_tool_result: undefined,
  bash_code_execution_tool_result: undefined,
  text_editor_code_execution_tool_result: undefined,
  tool_search_tool_result: undefined,
  container_upload: undefined,
};

const DELTAS: Readonly<Record<RawContentBlockDelta['type'], readonly [field: string, StreamPart['type'] | undefined]>> =
  {
    text_delta: ['text', 'content'],
    thinking_delta: ['thinking', 'reasoning'],
    input_json_delta: ['partial_json', 'tool-arguments'],
    signature_delta: ['signature', undefined],
    citations_delta: ['citation', undefined],
  };

const PARTS: Readonly<Record<keyof Part, readonly [value: unknown, StreamPart['type'] | undefined]>> = {
  text: ['x', 'content'],
  executableCode: [{ code: 'x' }, 'content'],
  inlineData: [{ data: 'x' }, 'content'],
  functionCall: [{ name: 'x' }, 'tool-name'],
  toolCall: [{ toolType: 'x' }, 'tool-name'],
  // What tools gave back, what is about other parts, and what only a prompt holds.
  codeExecutionResult: [{ output: 'x' }, undefined],
  functionResponse: [{ name: 'x' }, undefined],
  toolResponse: [{ toolType: 'x' }, undefined],
  thought: [true, undefined],
  thoughtSignature: ['x', undefined],
  audioTranscription: [{ text: 'x' }, undefined],
  fileData: [{ fileUri: 'x' }, undefined],
  videoMetadata: [{}, undefined],
  mediaResolution: [{}, undefined],
  mediaProcessing: ['x', undefined],
  partMetadata: [{}, undefined],
  speechMetadata: [{}, undefined],
};

const CONVERSE_DELTAS: Readonly<Record<keyof ContentBlockDelta, readonly [unknown, StreamPart['type'] | undefined]>> = {
  text: ['x', 'content'],
  reasoningContent: [{ text: 'x' }, 'reasoning'],
  toolUse: [{ input: 'x' }, 'tool-arguments'],
  // What points to a source, and what a tool of the server gave back.
  citation: [{ title: 'x' }, undefined],
  toolResult: [[{ text: 'x' }], undefined],
  image: [{ source: { bytes: 'eA==' } }, undefined],
  $unknown: ['x', undefined],
};

describe('what the model has written', () => {
  const kindIn = (parts: readonly StreamPart[]): StreamPart['type'] | undefined =>
    parts.map(({ type }) => type).find((type) => TOKEN_EVENT_KINDS.some((kind) => kind === type));
  const written = (id: DialectId, event: object): StreamPart['type'] | undefined =>
    kindIn(readEvents(dialectOf(id).openAnswer, event).flat());

  for (const [type, kind] of Object.entries(EVENTS))
    test(`with an event ${type}: ${kind}`, () => {
      assert.equal(written('openai-responses', { type, output_index: 0, delta: 'x' }), kind);
    });

  for (const [type, kind] of Object.entries(ITEMS))
    test(`with an item ${type}: ${kind}`, () => {
      const isNameless = kind === undefined && /_call$|^program$/.test(type);
      const item = { type, id: 'i', ...(isNameless ? {} : { name: 'x' }) };
      assert.equal(written('openai-responses', { type: 'response.output_item.added', output_index: 0, item }), kind);
    });

  for (const [type, kind] of Object.entries(BLOCKS))
    test(`with a block ${type}: ${kind}`, () => {
      const block = { type, id: 'i', name: 'x', text: 'x', thinking: 'x' };
      assert.equal(
        written('anthropic-messages', { type: 'content_block_start', index: 0, content_block: block }),
        kind,
      );
    });

  for (const [type, [field, kind]] of Object.entries(DELTAS))
    test(`with a ${type}: ${kind}`, () => {
      const delta = { type, [field]: 'x' };
      assert.equal(written('anthropic-messages', { type: 'content_block_delta', index: 0, delta }), kind);
    });

  for (const [field, [value, kind]] of Object.entries(PARTS))
    test(`with a part’s ${field}: ${kind}`, () => {
      assert.equal(written('gemini', { candidates: [{ content: { parts: [{ [field]: value }] } }] }), kind);
    });

  for (const [field, [value, kind]] of Object.entries(CONVERSE_DELTAS))
    test(`with Bedrock’s delta ${field}: ${kind}`, () => {
      assert.equal(
        kindIn(readConverse('contentBlockDelta', { contentBlockIndex: 0, delta: { [field]: value } })),
        kind,
      );
    });
});

function readConverse(name: string, event: object): readonly StreamPart[] {
  return readAnswer(dialectOf('bedrock-converse').openAnswer, awsEvent(name, JSON.stringify(event))).frames.flat();
}
