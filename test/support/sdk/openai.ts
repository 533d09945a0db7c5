// What the `openai` SDK makes of the bytes of an answer.
import OpenAI from 'openai';
import type { ChatCompletion, ChatCompletionMessage } from 'openai/resources/chat/completions';
import type { Completion, CompletionUsage } from 'openai/resources/completions';
import type {
  Response,
  ResponseOutputItem,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses';
import type { Call, Counts, Key, Story, Told } from './story.ts';
import { emptyStory, fetchOf, MALFORMED, NO_COUNTS, parseArguments, pick } from './story.ts';

const CHAT = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] };
const PROMPT = { model: 'm', prompt: 'Hi' };
const INPUT = { model: 'm', input: 'Hi' };

function clientOf(bytes: Uint8Array, contentType = 'text/event-stream'): OpenAI {
  return new OpenAI({ apiKey: 'none', maxRetries: 0, logLevel: 'off', fetch: fetchOf(bytes, contentType) });
}

/** What was told up to an error that stands in the answer; any other error is the SDK's refusal, and thrown on. */
async function tell(keys: readonly Key[], read: (story: Story) => Promise<void>): Promise<Told> {
  const story = emptyStory();
  try {
    await read(story);
  } catch (error) {
    // Its helpers hide a syntax error behind one of their own.
    if (error instanceof SyntaxError || /malformed server-sent event/.test(String(error))) story.trouble = MALFORMED;
    else if (error instanceof OpenAI.APIError) story.trouble = error.message;
    else throw error;
  }
  return pick(story, [...keys, 'trouble']);
}

/** A helper that meets an error in the stream gives nothing else. */
async function tellAdded(add: () => Promise<Told>): Promise<Told> {
  let told: Told = {};
  const { trouble } = await tell([], async () => {
    told = await add();
  });
  return { trouble, ...told };
}

/** A body with status 200 that holds an error is handed out like any other. */
function readBody<Body extends object>(body: Body, story: Story, storyOf: (body: Body) => Told): void {
  const { error } = body as { readonly error?: { readonly message: string } | null };
  Object.assign(story, error === undefined || error === null ? storyOf(body) : { trouble: error.message });
}

/** The events of the stream, as they come; calls are left to `chatAdded`, which puts their pieces together. */
export function chatEvents(bytes: Uint8Array): Promise<Told> {
  return tell(['content', 'refusal', 'finish', 'usage', 'model'], async (story) => {
    for await (const chunk of await clientOf(bytes).chat.completions.create({ ...CHAT, stream: true })) {
      if (chunk.model) story.model = chunk.model;
      for (const { delta, finish_reason: finish } of chunk.choices) {
        story.content += delta?.content ?? '';
        story.refusal += delta?.refusal ?? '';
        story.finish = finish ?? story.finish;
      }
      if (chunk.usage) story.usage = countsOfChat(chunk.usage);
    }
  });
}

/** What the SDK's own helper adds the events up to. */
export function chatAdded(bytes: Uint8Array): Promise<Told> {
  return tellAdded(async () => storyOfChat(await clientOf(bytes).chat.completions.stream(CHAT).finalChatCompletion()));
}

export function chatWhole(bytes: Uint8Array): Promise<Told> {
  return tell(['content', 'refusal', 'calls', 'finish', 'usage', 'model'], async (story) => {
    readBody(await clientOf(bytes, 'application/json').chat.completions.create(CHAT), story, storyOfChat);
  });
}

function storyOfChat({ choices, usage, model }: ChatCompletion): Told {
  return {
    content: choices.map(({ message }) => message.content ?? '').join(''),
    refusal: choices.map(({ message }) => message.refusal ?? '').join(''),
    calls: choices.flatMap(({ message }) => callsOfMessage(message)),
    finish: choices[0]?.finish_reason,
    usage: usage ? countsOfChat(usage) : NO_COUNTS,
    model,
  };
}

function callsOfMessage(message: ChatCompletionMessage): readonly Call[] {
  const calls = (message.tool_calls ?? []).map((call) =>
    call.type === 'function'
      ? { id: call.id, name: call.function.name, arguments: parseArguments(call.function.arguments) }
      : { id: call.id, name: call.custom.name, arguments: parseArguments(call.custom.input) },
  );
  const legacy = message.function_call;
  if (!legacy) return calls;
  return [...calls, { id: undefined, name: legacy.name, arguments: parseArguments(legacy.arguments) }];
}

/** Cached tokens and those written to the cache are within the prompt, reasoning within the completion. */
function countsOfChat(usage: CompletionUsage): Counts {
  return {
    inputTokens: usage.prompt_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens,
    cacheWriteInputTokens: usage.prompt_tokens_details?.cache_write_tokens,
    longCacheWriteInputTokens: undefined,
    outputTokens: usage.completion_tokens,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens,
  };
}

export function completionEvents(bytes: Uint8Array): Promise<Told> {
  return tell(['content', 'finish', 'usage', 'model'], async (story) => {
    for await (const chunk of await clientOf(bytes).completions.create({ ...PROMPT, stream: true })) {
      story.model = chunk.model ?? story.model;
      for (const { text, finish_reason: finish } of chunk.choices) {
        story.content += text;
        story.finish = finish ?? story.finish;
      }
      if (chunk.usage) story.usage = countsOfChat(chunk.usage);
    }
  });
}

export function completionWhole(bytes: Uint8Array): Promise<Told> {
  return tell(['content', 'finish', 'usage', 'model'], async (story) => {
    readBody(await clientOf(bytes, 'application/json').completions.create(PROMPT), story, storyOfCompletion);
  });
}

function storyOfCompletion({ choices, usage, model }: Completion): Told {
  return {
    content: choices.map(({ text }) => text).join(''),
    finish: choices[0]?.finish_reason,
    usage: usage ? countsOfChat(usage) : NO_COUNTS,
    model,
  };
}

/** The events of the stream: texts in pieces, calls and the rest as the last event has them. */
export function responseEvents(bytes: Uint8Array): Promise<Told> {
  return tell(['content', 'reasoning', 'refusal', 'calls', 'finish', 'usage', 'model'], async (story) => {
    for await (const event of await clientOf(bytes).responses.create({ ...INPUT, stream: true })) {
      readEvent(event, story);
      if (story.trouble !== undefined) break;
    }
  });
}

function readEvent(event: ResponseStreamEvent, story: Story): void {
  switch (event.type) {
    case 'response.output_text.delta':
      story.content += event.delta;
      break;
    case 'response.refusal.delta':
      story.refusal += event.delta;
      break;
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      story.reasoning += event.delta;
      break;
    case 'response.created':
      story.model = event.response.model;
      break;
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed': {
      const { content: _, reasoning: __, refusal: ___, ...rest } = storyOfResponse(event.response);
      Object.assign(story, rest);
      break;
    }
    case 'error':
      story.trouble = event.message;
      break;
    default:
  }
}

/** What the SDK's own helper adds the events up to. */
export function responseAdded(bytes: Uint8Array): Promise<Told> {
  return tellAdded(async () => storyOfResponse(await clientOf(bytes).responses.stream(INPUT).finalResponse()));
}

export function responseWhole(bytes: Uint8Array): Promise<Told> {
  return tell(['content', 'reasoning', 'refusal', 'calls', 'finish', 'usage', 'model'], async (story) => {
    readBody(await clientOf(bytes, 'application/json').responses.create(INPUT), story, storyOfResponse);
  });
}

function storyOfResponse(response: Response): Told {
  const { status, incomplete_details: incomplete, usage, model, error } = response;
  const texts = { content: '', reasoning: '', refusal: '' };
  for (const item of response.output) {
    if (item.type === 'message') {
      for (const part of item.content)
        if (part.type === 'output_text') texts.content += part.text;
        else texts.refusal += part.refusal;
    } else if (item.type === 'reasoning') {
      for (const part of [...item.summary, ...(item.content ?? [])]) texts.reasoning += part.text;
    } else if (item.type === 'image_generation_call') texts.content += item.result ?? '';
  }
  return {
    ...texts,
    calls: response.output.flatMap(callsOfItem),
    // What the helper gives for a stream that broke off.
    finish: status === 'in_progress' ? undefined : status === 'incomplete' ? (incomplete?.reason ?? status) : status,
    model,
    usage: usage ? countsOfResponse(usage) : NO_COUNTS,
    trouble: error?.message,
  };
}

/** Searches that the server runs are no calls with us. */
function callsOfItem(item: ResponseOutputItem): readonly Call[] {
  const bare = { id: undefined, name: undefined };
  switch (item.type) {
    case 'function_call':
      return [{ id: item.call_id, name: item.name, arguments: parseArguments(item.arguments) }];
    case 'custom_tool_call':
      return [{ id: item.call_id, name: item.name, arguments: parseArguments(item.input) }];
    case 'mcp_call':
    case 'mcp_approval_request':
      return [{ id: item.id, name: item.name, arguments: parseArguments(item.arguments) }];
    case 'code_interpreter_call':
      return [{ ...bare, arguments: parseArguments(item.code ?? '') }];
    case 'shell_call':
      return [{ ...bare, arguments: parseArguments(item.action.commands.join('\n')) }];
    case 'apply_patch_call':
      return [{ ...bare, arguments: 'diff' in item.operation ? parseArguments(item.operation.diff) : item.operation }];
    case 'tool_search_call':
      return [{ ...bare, arguments: item.arguments }];
    case 'local_shell_call':
      return [{ ...bare, arguments: item.action }];
    default:
      return [];
  }
}

/** Cached tokens and those written to the cache are within input, reasoning within output. */
function countsOfResponse(usage: ResponseUsage): Counts {
  return {
    inputTokens: usage.input_tokens,
    cachedInputTokens: usage.input_tokens_details?.cached_tokens,
    cacheWriteInputTokens: usage.input_tokens_details?.cache_write_tokens,
    longCacheWriteInputTokens: undefined,
    outputTokens: usage.output_tokens,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens,
  };
}
