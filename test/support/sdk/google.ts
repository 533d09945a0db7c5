// What the `@google/genai` SDK makes of the bytes of an answer.
import {
  ApiError,
  type Candidate,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
  type PartialArg,
} from '@google/genai';
import {
  type Counts,
  emptyStory,
  fetchOf,
  type Key,
  MALFORMED,
  NO_COUNTS,
  pick,
  type Story,
  type Told,
} from './story.ts';

/** Left on, the SDK would ask again when an answer says CONTINUATION. */
const PARAMETERS = { model: 'm', contents: 'Hi', config: { automaticContinuation: false } };

const KEYS: readonly Key[] = ['content', 'reasoning', 'calls', 'finish', 'usage', 'model', 'trouble'];

function clientOf(bytes: Uint8Array, contentType: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'none', vertexai: false, httpOptions: { fetch: fetchOf(bytes, contentType) } });
}

/** The chunks of the stream: each has the shape of a whole answer, and the SDK adds nothing up. */
export async function contentEvents(bytes: Uint8Array): Promise<Told> {
  const story = emptyStory();
  try {
    const chunks = await clientOf(bytes, 'text/event-stream').models.generateContentStream(PARAMETERS);
    for await (const chunk of chunks) readChunk(chunk, story);
  } catch (error) {
    if (error instanceof SyntaxError) story.trouble = MALFORMED;
    else if (error instanceof ApiError) story.trouble = messageOf(error);
    else throw error;
  }
  return pick(story, KEYS);
}

export async function contentWhole(bytes: Uint8Array): Promise<Told> {
  const story = emptyStory();
  try {
    readChunk(await clientOf(bytes, 'application/json').models.generateContent(PARAMETERS), story);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    story.trouble = MALFORMED;
  }
  return pick(story, KEYS);
}

/** The SDK's message is the status and the JSON of the error. */
function messageOf(error: ApiError): string {
  return JSON.parse(error.message.slice(error.message.indexOf('{'))).error.message;
}

function readChunk(chunk: GenerateContentResponse, story: Story): void {
  story.model = chunk.modelVersion ?? story.model;
  for (const candidate of chunk.candidates ?? []) readCandidate(candidate, story);
  story.finish = chunk.promptFeedback?.blockReason ?? story.finish;
  const counts = countsOf(chunk);
  if (counts.inputTokens !== undefined || counts.outputTokens !== undefined) story.usage = counts;
}

function readCandidate(candidate: Candidate, story: Story): void {
  for (const part of candidate.content?.parts ?? []) {
    if (part.thought === true) story.reasoning += part.text ?? '';
    else story.content += contentOf(part);
    readCall(part, story);
  }
  story.finish = candidate.finishReason ?? story.finish;
}

/** Code to be run, and pictures, count as content with us. */
function contentOf(part: Part): string {
  return part.text ?? part.executableCode?.code ?? part.inlineData?.data ?? '';
}

/** A call of the caller's tools, or of one that Google runs; one without a name goes on with the last. */
function readCall({ functionCall: ours, toolCall: theirs }: Part, story: Story): void {
  const name = ours?.name ?? theirs?.toolType;
  const last = story.calls.at(-1);
  if (name !== undefined) {
    const { id, args = {} } = ours ?? theirs ?? {};
    story.calls = [...story.calls, { id, name, arguments: args }];
  } else if (last !== undefined) {
    for (const { jsonPath = '', ...piece } of ours?.partialArgs ?? [])
      addPiece(last.arguments, jsonPath.slice(2), piece);
  }
}

/** Sets a value at a path like `stops[0].city`, or adds the next part of a string to what is there. */
function addPiece(target: unknown, path: string, piece: PartialArg): void {
  const [, name = '', rest = ''] = /^(\w+)\]?[.[]?(.*)$/.exec(path) ?? [];
  const holder = target as Record<string, unknown>;
  if (rest === '') {
    const { stringValue: text, numberValue, boolValue } = piece;
    holder[name] = text === undefined ? (numberValue ?? boolValue ?? null) : `${holder[name] ?? ''}${text}`;
    return;
  }
  holder[name] ??= /^\d/.test(rest) ? [] : {};
  addPiece(holder[name], rest, piece);
}

/** Thoughts stand beside the candidates, results of Google's own tools beside the prompt; cached tokens are within the prompt. */
function countsOf({ usageMetadata: usage }: GenerateContentResponse): Counts {
  return {
    ...NO_COUNTS,
    inputTokens: sum(usage?.promptTokenCount, usage?.toolUsePromptTokenCount),
    cachedInputTokens: usage?.cachedContentTokenCount,
    outputTokens: sum(usage?.candidatesTokenCount, usage?.thoughtsTokenCount),
    reasoningTokens: usage?.thoughtsTokenCount,
  };
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
}
