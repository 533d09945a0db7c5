// What the `@anthropic-ai/sdk` makes of the bytes of an answer.
import Anthropic from '@anthropic-ai/sdk';
import type { ContentBlock, Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import { type Call, type Counts, emptyStory, fetchOf, MALFORMED, pick, type Story, type Told } from './story.ts';

const PARAMETERS = { model: 'm', max_tokens: 8, messages: [{ role: 'user' as const, content: 'Hi' }] };

function clientOf(bytes: Uint8Array, contentType = 'text/event-stream'): Anthropic {
  return new Anthropic({ apiKey: 'none', maxRetries: 0, logLevel: 'off', fetch: fetchOf(bytes, contentType) });
}

/** Undefined for the SDK's own refusal. */
function troubleOf(error: unknown): string | undefined {
  // Its helper hides a syntax error behind one of its own.
  if (error instanceof SyntaxError || (error instanceof Error && error.cause instanceof SyntaxError)) return MALFORMED;
  if (!(error instanceof Anthropic.APIError)) return undefined;
  const body = error.error as { readonly error?: { readonly message?: string } } | undefined;
  return body?.error?.message ?? error.message;
}

/** The events of the stream, as they come; calls and usage are left to `messageAdded`, which puts their pieces together. */
export async function messageEvents(bytes: Uint8Array): Promise<Told> {
  const story = emptyStory();
  try {
    const stream = await clientOf(bytes).messages.create({ ...PARAMETERS, stream: true });
    for await (const event of stream) readEvent(event, story);
  } catch (error) {
    story.trouble = troubleOf(error);
    if (story.trouble === undefined) throw error;
  }
  return pick(story, ['content', 'reasoning', 'finish', 'model', 'trouble']);
}

function readEvent(event: RawMessageStreamEvent, story: Story): void {
  if (event.type === 'message_start') {
    story.model = event.message.model;
    story.finish = event.message.stop_reason ?? undefined;
  } else if (event.type === 'message_delta') story.finish = event.delta.stop_reason ?? story.finish;
  else if (event.type === 'content_block_start') {
    if (event.content_block.type === 'text') story.content += event.content_block.text;
    if (event.content_block.type === 'thinking') story.reasoning += event.content_block.thinking;
  } else if (event.type === 'content_block_delta') {
    if (event.delta.type === 'text_delta') story.content += event.delta.text;
    if (event.delta.type === 'thinking_delta') story.reasoning += event.delta.thinking;
  }
}

/** What the SDK's own helper adds the events up to. */
export async function messageAdded(bytes: Uint8Array): Promise<Told> {
  try {
    return storyOfMessage(await clientOf(bytes).messages.stream(PARAMETERS).finalMessage());
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    return { trouble };
  }
}

/** A body with status 200 that holds an error is handed out like any other. */
export async function messageWhole(bytes: Uint8Array): Promise<Told> {
  const body = await clientOf(bytes, 'application/json').messages.create(PARAMETERS);
  const { error } = body as { readonly error?: { readonly message: string } };
  return error === undefined ? storyOfMessage(body) : { trouble: error.message };
}

function storyOfMessage(message: Message): Told {
  const texts = { content: '', reasoning: '' };
  for (const block of message.content) {
    if (block.type === 'text') texts.content += block.text;
    if (block.type === 'thinking') texts.reasoning += block.thinking;
  }
  return {
    ...texts,
    calls: message.content.flatMap(callsOfBlock),
    finish: message.stop_reason ?? undefined,
    model: message.model,
    usage: countsOf(message),
    trouble: undefined,
  };
}

function callsOfBlock(block: ContentBlock): readonly Call[] {
  if (block.type !== 'tool_use' && block.type !== 'server_tool_use') return [];
  return [{ id: block.id, name: block.name, arguments: block.input }];
}

/** What was read from a cache and written to one stands beside the input; thinking is within the output. */
function countsOf({ usage }: Message): Counts {
  const cached = usage.cache_read_input_tokens ?? undefined;
  const written = usage.cache_creation_input_tokens ?? undefined;
  return {
    inputTokens: usage.input_tokens + (cached ?? 0) + (written ?? 0),
    cachedInputTokens: cached,
    cacheWriteInputTokens: written,
    longCacheWriteInputTokens: usage.cache_creation?.ephemeral_1h_input_tokens,
    outputTokens: usage.output_tokens,
    reasoningTokens: usage.output_tokens_details?.thinking_tokens,
  };
}
