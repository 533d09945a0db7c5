import { DEFAULT_QUIRKS } from '../dialects/dialect.ts';
import { dialectOf } from '../dialects/registry.ts';
import type { ParameterDescription } from '../model/parameter-check.ts';
import type { Parameters } from '../model/parameters.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import type { JsonObject, JsonValue } from '../model/units.ts';
import { applyParameters } from '../providers/apply-parameters.ts';
import { describeSupport } from '../providers/describe-support.ts';
import { openPriceBook } from '../providers/price-book.ts';
import type { ModelFacts } from '../providers/price-query.ts';
import { findFacts, openCatalogOf, parameterTargetOf, requestedOf } from './address/knowledge.ts';
import { type Reached, reach } from './address/reach.ts';
import type { Surroundings, TargetOptions } from './address/target-options.ts';
import { gatherWishes, type Wish } from './address/wishes.ts';

/**
 * Tells what parameters come to at each target, and what each target takes. Sends nothing, and needs no key and no address. Rejects
 * as `addressTargets` does, but never with PARAMETERS_REFUSED: that is what it tells; and with TEMPLATE_INVALID.
 */
export async function describeParameters(
  options: TargetOptions,
  surroundings: Surroundings,
): Promise<readonly ParameterDescription[]> {
  const wishes = await gatherWishes(options, surroundings);
  const catalog = await openCatalogOf(options);
  const prices = await openPriceBook(options.catalogs);
  const { environment } = surroundings;
  return wishes.map((wish) => {
    const reached = reach(wish, { options, catalog, environment, isOnlyTold: true });
    return describeOne(wish, reached, { options, facts: findFacts(reached, prices) });
  });
}

function describeOne(
  wish: Wish,
  reached: Reached,
  { options, facts }: { readonly options: TargetOptions; readonly facts: ModelFacts },
): ParameterDescription {
  const target = parameterTargetOf(wish, reached, facts);
  const applied = applyParameters({
    target,
    requested: requestedOf(wish, options),
    skipParams: [...wish.entry.skipParams, ...options.skipParameters],
    mode: options.parameterMode,
  });
  return {
    name: nameOf(wish),
    prefix: reached.row?.prefix,
    dialect: reached.dialect,
    model: target.model,
    mode: options.parameterMode,
    outcome:
      applied.kind === 'refused'
        ? { kind: 'refused', problems: applied.problems }
        : { kind: 'sent', body: bodyOf(reached, wish, applied.parameters), adjustments: applied.adjustments },
    notes: applied.notes,
    support: describeSupport(target),
  };
}

/** As the user would find it again: a configured provider by its name, all else by the model's. */
function nameOf({ provider, place, entry }: Wish): string {
  return provider === undefined || place.kind === 'endpoint' ? entry.model : `${provider} (${entry.model})`;
}

/** What a body holds because of the prompt, the model, or the wish for a stream. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'prompt', 'inputs', 'contents', 'input', 'text_input', 'system'],
  ...['systemInstruction', 'stream', 'stream_options', 'anthropic_version', 'model_id', 'version'],
]);

/** As the dialect itself would write it: places and all. */
function bodyOf({ provider, model, url, dialect }: Reached, { entry }: Wish, parameters: Parameters): JsonObject {
  const target = { provider, model, url, dialect, profile: { ...EMPTY_PROFILE, template: entry.template } };
  const speaker = dialectOf(dialect);
  speaker.check?.(target, parameters);
  const { body } = speaker.encode({
    target,
    credentials: { apiKey: undefined, headers: {}, query: '', signing: undefined },
    messages: [{ role: 'user', content: '' }],
    tools: undefined,
    toolChoice: undefined,
    parameters,
    quirks: DEFAULT_QUIRKS,
    isStreamed: true,
    userAgent: '',
  });
  if (body === undefined) return {};
  const whole = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, JsonValue>;
  return Object.fromEntries(
    Object.entries(whole).flatMap(([name, value]) => {
      if (!NOT_PARAMETERS.has(name) || name in parameters.extra) return [[name, value]];
      const inner = name === 'input' ? withoutPrompt(value) : {};
      return Object.keys(inner).length === 0 ? [] : [[name, inner]];
    }),
  );
}

/** Replicate keeps prompt and parameters in one object. */
function withoutPrompt(value: JsonValue): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'prompt' && name !== 'system_prompt'));
}
