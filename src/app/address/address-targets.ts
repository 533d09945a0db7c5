import { AppError } from '../../errors.ts';
import type { Adjustment } from '../../model/adjustment.ts';
import type { Parameters } from '../../model/parameters.ts';
import { type Credentials, NO_CREDENTIALS, type Target, type TargetProfile } from '../../model/target.ts';
import { applyParameters } from '../../providers/apply-parameters.ts';
import { refusedParameters } from '../../providers/parameter-error.ts';
import { openPriceBook, type PriceBook } from '../../providers/price-book.ts';
import type { ModelFacts } from '../../providers/price-query.ts';
import { readRestTemplate } from '../../providers/rest-template-file.ts';
import type { CredentialRenewal } from '../renew-credentials.ts';
import { findCredentials, keyNotes } from './credentials.ts';
import { findSpeakers } from './find-speakers.ts';
import { findFacts, knownOf, openCatalogOf, parameterTargetOf, requestedOf } from './knowledge.ts';
import { type ReachContext, type Reached, reach } from './reach.ts';
import { withValues } from './references.ts';
import type { Surroundings, TargetOptions } from './target-options.ts';
import { gatherWishes, type Wish } from './wishes.ts';

/** A target with the secrets to call it. */
export interface AddressedTarget {
  readonly target: Target;
  readonly credentials: Credentials;
  /** Undefined: its credentials hold as long as the run. */
  readonly renewal: CredentialRenewal | undefined;
  /** What the user should know before anything is sent: unverified rows, notes of rules. */
  readonly notes: readonly string[];
}

/**
 * From what the user said to targets that can be called: providers resolved, keys found, parameters held to the rules of each target,
 * prices looked up. Sends nothing but what a token may need. Rejects with one AppError for the first thing that is wrong.
 */
export async function addressTargets(
  options: TargetOptions,
  surroundings: Surroundings,
): Promise<readonly AddressedTarget[]> {
  return addressWishes(await gatherWishes(options, surroundings), options, surroundings);
}

/** The same for wishes that are known already. */
export async function addressWishes(
  gathered: readonly Wish[],
  said: TargetOptions,
  surroundings: Surroundings,
): Promise<readonly AddressedTarget[]> {
  const { options, wishes: known } = withValues({ wishes: gathered, options: said }, surroundings);
  const { environment, clock } = surroundings;
  const catalog = await openCatalogOf(options);
  const asked = await withTemplate(known, options);
  const prices = await openPriceBook(options.catalogs);
  const context = { options, catalog, environment, clock };
  const wishes = surroundings.isRehearsal ? asked : await findSpeakers(asked, context, clock);
  const settled = wishes.map((wish) => settleTarget(wish, { ...context, prices }));
  refuseTwins(settled, wishes);
  const targets: AddressedTarget[] = [];
  // Last of all: a token may have to be asked for.
  for (const one of settled) {
    targets.push(surroundings.isRehearsal ? rehearse(one, context) : await authorizeTarget(one, context));
  }
  return targets;
}

/** The flag's template is for all; a provider may have its own. */
async function withTemplate(wishes: readonly Wish[], { template: file }: TargetOptions): Promise<readonly Wish[]> {
  if (file === undefined) return wishes;
  const template = await readRestTemplate(file);
  return wishes.map((wish) => ({ ...wish, entry: { ...wish.entry, template } }));
}

/** All but the secrets. */
interface SettledTarget extends Pick<AddressedTarget, 'target' | 'notes'> {
  readonly wish: Wish;
  readonly reached: Reached;
}

async function authorizeTarget(
  { wish, reached, target, notes }: SettledTarget,
  context: ReachContext & { readonly clock: Surroundings['clock'] },
): Promise<AddressedTarget> {
  return { target, notes, ...(await findCredentials(wish, reached, context)) };
}

function rehearse({ wish, reached, target, notes }: SettledTarget, context: ReachContext): AddressedTarget {
  const allNotes = [...notes, ...keyNotes(wish, reached, context)];
  return { target, notes: allNotes, credentials: NO_CREDENTIALS, renewal: undefined };
}

function settleTarget(wish: Wish, context: ReachContext & { readonly prices: PriceBook }): SettledTarget {
  const reached = reach(wish, context);
  const facts = findFacts(reached, context.prices);
  const { provider, model, url, dialect } = reached;
  const settled = settleParameters(wish, reached, { ...context, facts });
  const profile: TargetProfile = {
    prefix: reached.row?.prefix,
    baseModel: reached.row?.baseModel === model ? undefined : reached.row?.baseModel,
    ...knownOf(wish, facts, context.options),
    parameters: settled.parameters,
    adjustments: settled.adjustments,
    timeoutMs: wish.entry.timeoutMs,
    region: reached.row?.region ?? wish.entry.region ?? context.options.region,
    tier: wish.entry.tier,
    exactLength: undefined,
    template: wish.entry.template,
  };
  return {
    wish,
    reached,
    target: { provider, model, url, dialect, profile },
    notes: [...notesOf(reached), ...settled.notes],
  };
}

/** Held to the rules of the target. Throws PARAMETERS_REFUSED in strict mode. */
function settleParameters(wish: Wish, reached: Reached, { options, facts }: SettleContext): Settled {
  const applied = applyParameters({
    target: parameterTargetOf(wish, reached, facts),
    requested: requestedOf(wish, options),
    skipParams: [...wish.entry.skipParams, ...options.skipParameters],
    mode: options.parameterMode,
    promptsHaveTools: options.promptsHaveTools,
  });
  if (applied.kind === 'refused') throw refusedParameters(wish.entry.model, applied.problems);
  const { parameters, adjustments, notes } = applied;
  return {
    // Fields that the address needs in the body, such as a project: below what the user asked for.
    parameters: { ...parameters, extra: { ...reached.row?.body, ...parameters.extra } },
    adjustments,
    notes: notes.map(({ text }) => `${wish.entry.model}: ${text}`),
  };
}

interface SettleContext extends ReachContext {
  readonly facts: ModelFacts;
}

interface Settled {
  readonly parameters: Parameters;
  readonly adjustments: readonly Adjustment[];
  readonly notes: readonly string[];
}

function notesOf({ row }: Reached): readonly string[] {
  if (row === undefined || row.verified) return [];
  return [`${row.prefix}: nobody has checked its address yet (${row.url}); tell us if it is right`];
}

function refuseTwins(targets: readonly SettledTarget[], wishes: readonly Wish[]): void {
  const seen = new Set<string>();
  targets.forEach(({ target }, index) => {
    const key = `${target.provider} ${target.model}`;
    if (seen.has(key)) throw twin(target, wishes[index]);
    seen.add(key);
  });
}

function twin({ provider, model }: Target, wish: Wish | undefined): AppError {
  const isEndpoint = wish?.place.kind === 'endpoint';
  const problem = isEndpoint
    ? `${provider} has ${model} twice; name the endpoints: --endpoint a=URL`
    : `${provider} ${model} was given twice`;
  return new AppError('FLAG_INVALID', { flag: isEndpoint ? '--endpoint' : 'MODEL', problem, command: 'run' });
}
