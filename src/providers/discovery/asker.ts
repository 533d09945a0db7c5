import type { GetOutcome } from '../../wire/get.ts';
import type { Attempt, KeyState } from './finding.ts';

export interface AskerInput {
  /** With its `?`, or empty: sent with every question. */
  readonly query: string;
  /** By lower-case name: sent with every question, over ours. */
  readonly headers: Readonly<Record<string, string>>;
  readonly apiKey: string | undefined;
  readonly get: (url: string, headers: Readonly<Record<string, string>>) => Promise<GetOutcome>;
}

/** How a key is sent: no server is sent one in two ways at once. */
export type KeyStyle = 'bearer' | 'anthropic' | 'gemini';

export interface Answer {
  /** Undefined: none came. */
  readonly status: number | undefined;
  readonly body: string;
}

const NO_CONNECTION: ReadonlySet<string> = new Set(['dns', 'connect', 'tls']);

/** Whoever does not answer the first question, or does not even let us connect, is asked no other. */
export class Unreachable extends Error {}

/** Asks one server for its pages, and keeps what came of it. */
export class Asker {
  readonly #input: AskerInput;
  readonly #attempts: Attempt[] = [];

  constructor(input: AskerInput) {
    this.#input = input;
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Throws Unreachable. */
  async ask(url: string, style: KeyStyle = 'bearer'): Promise<Answer> {
    const { get, headers, query } = this.#input;
    const outcome = await get(`${url}${query}`, { ...this.#key(style), ...headers });
    if (outcome.kind === 'failed') {
      this.#attempts.push({ url, status: undefined, says: outcome.message });
      const isAlive = this.#attempts.some((attempt) => attempt.status !== undefined);
      if (!isAlive || NO_CONNECTION.has(outcome.failure)) throw new Unreachable(outcome.message);
      return { status: undefined, body: '' };
    }
    const { status, body } = outcome;
    const location = outcome.headers.get('location');
    this.#attempts.push({ url, status, says: location === undefined ? 'nothing known' : `go to ${location}` });
    return { status, body };
  }

  /** What the last answer turned out to be. */
  note(says: string): void {
    const last = this.#attempts.pop();
    if (last !== undefined) this.#attempts.push({ ...last, says });
  }

  /** After an answer. */
  get keyState(): KeyState {
    return this.#input.apiKey === undefined ? 'not-needed' : 'accepted';
  }

  /** After a refusal. */
  get lackingKey(): KeyState {
    return this.#input.apiKey === undefined ? 'needed' : 'refused';
  }

  #key(style: KeyStyle): Readonly<Record<string, string>> {
    const { apiKey } = this.#input;
    const version = style === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {};
    if (apiKey === undefined) return version;
    if (style === 'bearer') return { authorization: `Bearer ${apiKey}` };
    return { ...version, [style === 'anthropic' ? 'x-api-key' : 'x-goog-api-key']: apiKey };
  }
}
