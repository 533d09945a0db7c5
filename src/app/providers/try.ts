import { AppError, type ErrorCode } from '../../errors.ts';
import { e2eMs, ttftMs } from '../../metrics/latency.ts';
import { outputTokens } from '../../metrics/tokens.ts';
import { NO_PARAMETERS } from '../../model/parameters.ts';
import type { ProviderDefaults, ProviderEntry } from '../../model/provider-entry.ts';
import type { FailureKind, RequestRecord } from '../../model/record.ts';
import type { Milliseconds } from '../../model/units.ts';
import { type AddressedTarget, addressWishes } from '../address/address-targets.ts';
import { NOTHING_SAID, type Surroundings } from '../address/target-options.ts';
import { type Wish, wishesFor } from '../address/wishes.ts';
import { askOnce } from '../ask-once.ts';
import { checkTargets } from '../check-targets.ts';
import type { AppContext } from '../context.ts';

/** What came of one tiny call. */
export interface ProviderTrial {
  readonly provider: string;
  /** As the file names it. */
  readonly model: string;
  readonly outcome: TrialOutcome;
}

export type TrialOutcome =
  | {
      readonly kind: 'ok';
      readonly ttftMs: Milliseconds | undefined;
      readonly e2eMs: Milliseconds | undefined;
      readonly outputTokens: number | undefined;
    }
  | {
      readonly kind: 'failed';
      /** Of the request, or of what kept it from being sent. */
      readonly failure: FailureKind | ErrorCode;
      readonly isKeyProblem: boolean;
      /** One line, with what to do. */
      readonly message: string;
    };

export interface TryInput {
  readonly providers: readonly ProviderEntry[];
  readonly defaults: ProviderDefaults;
  /** Keys that stand in the file itself. Secrets. */
  readonly keys: ReadonlyMap<string, string>;
  /** Undefined: one that costs next to nothing. */
  readonly prompt: string | undefined;
}

const PROMPT = 'Reply with the word ok.';
/** Enough for the answer, and not much for a model that does not know when to stop. */
const MAX_TOKENS = 64;
const TIMEOUT_MS = 60_000;

/** Asks every model of the providers one tiny question. Rejects only for trouble on our own side. */
export async function tryProviders(
  context: AppContext,
  { providers, defaults, keys, prompt }: TryInput,
  surroundings: Surroundings,
): Promise<readonly ProviderTrial[]> {
  const wishes = providers.flatMap((provider) => wishesFor(provider, { defaults, key: keys.get(provider.name) }));
  const addressed: (AddressedTarget | AppError)[] = [];
  for (const wish of wishes) addressed.push(await address(wish, surroundings));
  // Two names may mean one model, which is asked once.
  const targets = new Map(addressed.flatMap((one) => (one instanceof AppError ? [] : [[keyOf(one), one]])));
  const question = { prompt: prompt ?? PROMPT, saveText: false, timeoutMs: TIMEOUT_MS };
  const records = await askOnce(context, [...targets.values()], question);
  const places = [...targets.keys()];
  return wishes.map((wish, index) => {
    const one = addressed[index];
    const outcome =
      one instanceof AppError
        ? outcomeOfError(one)
        : outcomeOf(records[places.indexOf(one === undefined ? '' : keyOf(one))]);
    return { provider: wish.provider ?? '', model: wish.entry.model, outcome };
  });
}

function keyOf({ target }: AddressedTarget): string {
  return `${target.provider} ${target.model}`;
}

/** What one model lacks must not keep the others from being tried. */
async function address(wish: Wish, surroundings: Surroundings): Promise<AddressedTarget | AppError> {
  try {
    const [addressed] = await addressWishes([wish], NOTHING_SAID, surroundings);
    if (addressed === undefined) throw new Error('a wish without a target');
    const limited = withLimit(addressed, wish);
    await checkTargets({ targets: [limited.target], parameters: NO_PARAMETERS }, []);
    return limited;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The provider's own limit counts; a model that must not be sent one is not, nor a template that may have no place for it. */
function withLimit(addressed: AddressedTarget, { entry }: Wish): AddressedTarget {
  const { target } = addressed;
  const { parameters } = target.profile;
  const isOwn =
    target.profile.template !== undefined ||
    parameters?.maxTokens !== undefined ||
    entry.skipParams.includes('max_tokens');
  if (isOwn || parameters === undefined) return addressed;
  const profile = { ...target.profile, parameters: { ...parameters, maxTokens: MAX_TOKENS } };
  return { ...addressed, target: { ...target, profile } };
}

function outcomeOf(record: RequestRecord | undefined): TrialOutcome {
  if (record?.outcome.kind === 'completed') {
    const tokens = outputTokens(record)?.tokens;
    return { kind: 'ok', ttftMs: ttftMs(record), e2eMs: e2eMs(record), outputTokens: tokens };
  }
  if (record?.outcome.kind === 'failed') {
    const { kind, message } = record.outcome.failure;
    return { kind: 'failed', failure: kind, isKeyProblem: kind === 'auth', message };
  }
  return { kind: 'failed', failure: 'timeout-total', isKeyProblem: false, message: 'it was not answered' };
}

function outcomeOfError({ code, message, hint, exit }: AppError): TrialOutcome {
  return { kind: 'failed', failure: code, isKeyProblem: exit === KEY_EXIT, message: `${message}; ${hint}` };
}

const KEY_EXIT = 5;
