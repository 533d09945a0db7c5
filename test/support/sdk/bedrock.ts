// What the `@aws-sdk/client-bedrock-runtime` makes of the bytes of an answer.
import { Readable } from 'node:stream';
import {
  BedrockRuntimeClient,
  type ContentBlock,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamMetadataEvent,
  type ConverseStreamOutput,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import { messageAdded, messageEvents, messageWhole } from './anthropic.ts';
import { type Counts, emptyStory, type Key, MALFORMED, parseArguments, pick, type Story, type Told } from './story.ts';

const MODEL = { modelId: 'm' };
const INPUT = { ...MODEL, messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const KEYS: readonly Key[] = ['content', 'reasoning', 'calls', 'finish', 'usage', 'model', 'trouble'];
/** Odd and small, so that pieces begin anywhere. */
const PIECE_BYTES = 7;

function clientOf(bytes: Uint8Array): BedrockRuntimeClient {
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, index) =>
    Buffer.from(bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES)),
  );
  const response = { statusCode: 200, headers: {}, body: Readable.from(pieces) };
  return new BedrockRuntimeClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    requestHandler: { handle: () => Promise.resolve({ response }) },
  });
}

/** Undefined for the SDK's own refusal. An error without words is `Unknown` to it. */
function troubleOf(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return MALFORMED;
  if (!(error instanceof Error)) return undefined;
  if (/checksum/.test(error.message)) return MALFORMED;
  // An exception has a type of its own; an error of the stream has its code for a name.
  return error.name === 'Error' || error.name === 'TypeError' ? undefined : error.message;
}

async function tell(read: (story: Story) => Promise<void>): Promise<Told> {
  const story = emptyStory();
  try {
    await read(story);
  } catch (error) {
    story.trouble = troubleOf(error);
    if (story.trouble === undefined) throw error;
  }
  return pick(story, KEYS);
}

/** The events of the stream: the SDK adds nothing up. */
export function converseEvents(bytes: Uint8Array): Promise<Told> {
  return tell(async (story) => {
    const { stream = [] } = await clientOf(bytes).send(new ConverseStreamCommand(INPUT));
    const inputs = new Map<number, { id: string | undefined; name: string | undefined; text: string }>();
    for await (const event of stream) {
      readEvent(event, story, inputs);
      const calls = [...inputs.values()];
      story.calls = calls.map(({ id, name, text }) => ({ id, name, arguments: parseArguments(text) }));
    }
  });
}

function readEvent(
  event: ConverseStreamOutput,
  story: Story,
  inputs: Map<number, { id: string | undefined; name: string | undefined; text: string }>,
): void {
  const { start, contentBlockIndex: startIndex = 0 } = event.contentBlockStart ?? {};
  if (start?.toolUse !== undefined) {
    const { toolUseId: id, name } = start.toolUse;
    inputs.set(startIndex, { id, name, text: '' });
  }
  const { delta, contentBlockIndex: index = 0 } = event.contentBlockDelta ?? {};
  story.content += delta?.text ?? '';
  story.reasoning += delta?.reasoningContent?.text ?? '';
  if (delta?.toolUse?.input !== undefined) {
    const call = inputs.get(index) ?? { id: undefined, name: undefined, text: '' };
    call.text += delta.toolUse.input;
    inputs.set(index, call);
  }
  story.finish = event.messageStop?.stopReason ?? story.finish;
  if (event.metadata !== undefined) readMetadata(event.metadata, story);
}

function readMetadata({ usage, trace }: Partial<ConverseStreamMetadataEvent>, story: Story): void {
  if (usage?.inputTokens !== undefined) story.usage = countsOf(usage);
  story.model = trace?.promptRouter?.invokedModelId ?? story.model;
}

/** A body with status 200 that holds an error is an answer without any of its fields to it. */
export function converseWhole(bytes: Uint8Array): Promise<Told> {
  return tell(async (story) => {
    const answer = await clientOf(bytes).send(new ConverseCommand(INPUT));
    for (const block of answer.output?.message?.content ?? []) readBlock(block, story);
    story.finish = answer.stopReason;
    readMetadata({ usage: answer.usage, metrics: undefined, ...(answer.trace ? { trace: answer.trace } : {}) }, story);
  });
}

function readBlock(block: ContentBlock, story: Story): void {
  story.content += block.text ?? '';
  story.reasoning += block.reasoningContent?.reasoningText?.text ?? '';
  for (const { text } of block.citationsContent?.content ?? []) story.content += text ?? '';
  if (block.toolUse === undefined) return;
  const { toolUseId: id, name, input } = block.toolUse;
  story.calls = [...story.calls, { id, name, arguments: input }];
}

/** What was read from a cache and written to one stands beside the input. */
function countsOf(usage: TokenUsage): Counts {
  const { inputTokens = 0, cacheReadInputTokens: cached, cacheWriteInputTokens: written } = usage;
  return {
    inputTokens: inputTokens + (cached ?? 0) + (written ?? 0),
    cachedInputTokens: cached,
    cacheWriteInputTokens: written,
    longCacheWriteInputTokens: usage.cacheDetails?.find(({ ttl }) => ttl === '1h')?.inputTokens,
    outputTokens: usage.outputTokens,
    reasoningTokens: undefined,
  };
}

/** Claude's own events, which this SDK takes out of AWS's framing, as Anthropic's SDK reads them. */
export async function invokeEvents(bytes: Uint8Array): Promise<Told> {
  return told(await unwrap(bytes), messageEvents);
}

export async function invokeAdded(bytes: Uint8Array): Promise<Told> {
  return told(await unwrap(bytes), messageAdded);
}

interface Unwrapped {
  readonly bytes: Uint8Array;
  readonly trouble: string | undefined;
}

async function unwrap(bytes: Uint8Array): Promise<Unwrapped> {
  let text = '';
  const { trouble } = await tell(async () => {
    const { body = [] } = await clientOf(bytes).send(new InvokeModelWithResponseStreamCommand(MODEL));
    for await (const { chunk } of body) {
      const event = JSON.parse(Buffer.from(chunk?.bytes ?? []).toString('utf8'));
      text += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    }
  });
  return { bytes: Buffer.from(text), trouble };
}

async function told({ bytes, trouble }: Unwrapped, tellInner: (bytes: Uint8Array) => Promise<Told>): Promise<Told> {
  return trouble === undefined ? await tellInner(bytes) : { trouble };
}

export async function invokeWhole(bytes: Uint8Array): Promise<Told> {
  const { body } = await clientOf(bytes).send(new InvokeModelCommand({ ...MODEL, body: '{}' }));
  return await messageWhole(body);
}
