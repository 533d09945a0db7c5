// For the cross-check of decoders: what one answer says, told alike by our reader and by a provider's SDK.
import type { Frame } from '../../../src/dialects/dialect.ts';
import type { Usage } from '../../../src/model/usage.ts';

export interface Story {
  content: string;
  reasoning: string;
  refusal: string;
  calls: readonly Call[];
  /** Why it ended, in the provider's own word. */
  finish: string | undefined;
  model: string | undefined;
  usage: Counts;
  /** The message of the error that stands in the answer; `MALFORMED` when a piece of it is not JSON. */
  trouble: string | undefined;
}

export interface Call {
  readonly id: string | undefined;
  /** Some tools of a provider's own have none. */
  readonly name: string | undefined;
  /** Parsed, since some SDKs only give that; text that is no JSON stays. None at all are `{}`. */
  readonly arguments: unknown;
}

/** Our canonical counts. */
export type Counts = Omit<Usage, 'raw'>;

/** What an SDK tells; what is left out, it does not know. */
export type Told = Partial<Story>;

export const MALFORMED = 'malformed';

export const NO_COUNTS: Counts = {
  inputTokens: undefined,
  cachedInputTokens: undefined,
  cacheWriteInputTokens: undefined,
  longCacheWriteInputTokens: undefined,
  outputTokens: undefined,
  reasoningTokens: undefined,
};

export function emptyStory(): Story {
  return {
    content: '',
    reasoning: '',
    refusal: '',
    calls: [],
    finish: undefined,
    model: undefined,
    usage: NO_COUNTS,
    trouble: undefined,
  };
}

export type Key = keyof Story;

/** Tells those keys of a story that the teller knows. */
export function pick(story: Story, keys: readonly Key[]): Told {
  return Object.fromEntries(keys.map((key) => [key, story[key]]));
}

/** What our reader's frames tell, up to the end or the first trouble: an SDK stops there, and gives nothing of that frame. */
export function storyOf(frames: readonly Frame[]): Story {
  const calls = new Map<number, { id: string | undefined; name: string | undefined; text: string }>();
  const story = emptyStory();
  for (const frame of frames) {
    story.trouble = troubleIn(frame);
    if (story.trouble !== undefined) break;
    for (const part of frame) {
      if (part.type === 'content' || part.type === 'reasoning' || part.type === 'refusal')
        story[part.type] += part.text;
      else if (part.type === 'tool-name' || part.type === 'tool-arguments') {
        const call = calls.get(part.call) ?? { id: undefined, name: undefined, text: '' };
        calls.set(part.call, call);
        if (part.type === 'tool-name') Object.assign(call, { id: part.id, name: part.name });
        else call.text += part.text;
      } else if (part.type === 'finish') story.finish = part.raw;
      else if (part.type === 'model') story.model = part.model;
      else if (part.type === 'usage') story.usage = countsOf(part.usage);
    }
    if (frame.some(({ type }) => type === 'done')) break;
  }
  story.calls = [...calls.values()].map(({ id, name, text }) => ({ id, name, arguments: parseArguments(text) }));
  return story;
}

function troubleIn(frame: Frame): string | undefined {
  const part = frame.find(({ type }) => type === 'error' || type === 'malformed');
  return part?.type === 'error' ? part.message : part && MALFORMED;
}

function countsOf({ raw: _, ...counts }: Usage): Counts {
  return counts;
}

export function parseArguments(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For an SDK's `fetch`: answers every request with these bytes, in pieces that cut characters and line ends apart. */
export function fetchOf(bytes: Uint8Array, contentType: string): () => Promise<Response> {
  return () => {
    let start = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (start >= bytes.length) return controller.close();
        controller.enqueue(new Uint8Array(bytes.subarray(start, start + PIECE_BYTES)));
        start += PIECE_BYTES;
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }));
  };
}

/** Odd and small, so that pieces begin anywhere. */
const PIECE_BYTES = 7;
