import type { Clock } from '../clock.ts';
import type { Dialect, EncodeInput, Quirks } from '../dialects/dialect.ts';
import type { HttpClient, HttpRequest, PreparedRequest } from '../model/exchange.ts';
import { textOf } from '../model/message.ts';
import type { Parameters } from '../model/parameters.ts';
import type { Plan } from '../model/plan.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import type { Credentials, Target } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import type { DrawnPrompt } from '../model/workload.ts';
import { secretsOf } from './secrets.ts';

export interface DraftsInput {
  readonly plan: Plan;
  readonly target: Target;
  readonly credentials: Credentials;
  readonly userAgent: string;
  readonly dialect: Dialect;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Signs a request where its credentials sign. `epochMs` is the wall clock: signatures grow old. */
  readonly authorize: (request: HttpRequest, credentials: Credentials, epochMs: Milliseconds) => HttpRequest;
  readonly createSanitizer: (secrets: readonly string[]) => Sanitizer;
}

/** A request with its bytes built. */
export interface Draft extends DrawnPrompt {
  readonly promptText: string;
  readonly call: Omit<EncodeInput, 'credentials'>;
  readonly built: Built;
}

interface Built {
  readonly request: PreparedRequest;
  readonly bodyBytes: number;
  readonly atMs: Milliseconds;
  readonly credentials: Credentials;
}

/** What makes an answer as long as its limit, where the server knows such a thing. What the user gave wins. */
function withLength({ profile }: Target, parameters: Parameters): Parameters {
  const { exactLength } = profile;
  if (exactLength === undefined || parameters.maxTokens === undefined) return parameters;
  const minimum = exactLength === 'ignore-eos' ? {} : { min_tokens: parameters.maxTokens };
  return { ...parameters, extra: { ignore_eos: true, ...minimum, ...parameters.extra } };
}

/** A signed request that waited longer is signed anew. AWS accepts a signature for five minutes, and clocks differ. */
const MAX_SIGNATURE_AGE_MS = 60_000;

/** Builds the requests of one target, ahead of their time where there is time. */
export class Drafts {
  readonly #input: DraftsInput;
  #credentials: Credentials;
  readonly #secrets: Set<string>;
  sanitizer: Sanitizer;

  constructor(input: DraftsInput) {
    this.#input = input;
    this.#credentials = input.credentials;
    this.#secrets = new Set(secretsOf(input.credentials));
    this.sanitizer = input.createSanitizer([...this.#secrets]);
  }

  /** What is sent from now on has these credentials. The ones before stay secret. */
  renew(credentials: Credentials): void {
    this.#credentials = credentials;
    for (const secret of secretsOf(credentials)) this.#secrets.add(secret);
    this.sanitizer = this.#input.createSanitizer([...this.#secrets]);
  }

  draft(drawn: DrawnPrompt, quirks: Quirks): Draft {
    const { plan, target, userAgent } = this.#input;
    const { item } = drawn;
    const { messages } = item;
    const given = target.profile.parameters ?? plan.parameters;
    const parameters = withLength(target, { ...given, maxTokens: item.maxTokens ?? given.maxTokens });
    const { tools, toolChoice } = item;
    const call = { target, messages, tools, toolChoice, parameters, quirks, isStreamed: plan.isStreamed, userAgent };
    return {
      ...drawn,
      call,
      built: this.#build(call),
      promptText: messages.map(textOf).join('\n\n'),
    };
  }

  /** What to leave out when a request was refused as invalid; undefined: nothing is left. */
  concede(quirks: Quirks): Quirks | undefined {
    return this.#input.dialect.concede(quirks, this.#input.target);
  }

  /** The bytes to send now: built anew when the credentials in them are not the present ones, or their signature is old. */
  fresh({ call, built }: Draft): PreparedRequest {
    const isSigned = built.credentials.signing !== undefined;
    const isOld = isSigned && this.#input.clock.nowMs() - built.atMs > MAX_SIGNATURE_AGE_MS;
    const isPresent = built.credentials === this.#credentials && !isOld;
    return isPresent ? built.request : this.#build(call).request;
  }

  /** What to send next, where the dialect's answers may only name the address of a stream. */
  followOf({ call }: Draft): ((answer: string) => HttpRequest | undefined) | undefined {
    const { dialect } = this.#input;
    if (dialect.follow === undefined || !call.isStreamed) return undefined;
    return (answer) => dialect.follow?.(answer, { ...call, credentials: this.#credentials });
  }

  #build(call: Draft['call']): Built {
    const { dialect, http, clock, authorize } = this.#input;
    const credentials = this.#credentials;
    const request = authorize(dialect.encode({ ...call, credentials }), credentials, clock.epochMs());
    const bodyBytes = request.body?.byteLength ?? 0;
    return { request: http.prepare(request), bodyBytes, atMs: clock.nowMs(), credentials };
  }
}
