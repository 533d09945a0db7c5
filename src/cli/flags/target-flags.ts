import type { TargetOptions } from '../../app/address/target-options.ts';
import type { ParameterMode } from '../../model/parameters.ts';
import type { DialectId } from '../../model/target.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import { type FlagReader, invalidFlag, readCount, readHeader, readNumber, readParameter } from './values.ts';

/** The flags that say which models are meant, as they were written; `declare/target-options.ts` declares them. */
export interface TargetFlags {
  readonly target?: readonly string[];
  readonly endpoint?: readonly string[];
  readonly model?: readonly string[];
  readonly providers?: readonly string[];
  readonly config?: string;
  readonly apiKey?: string;
  readonly apiBase?: string;
  readonly header?: readonly string[];
  readonly dialect?: DialectId;
  readonly template?: string;
  /** Read by `withProxy`, before any command. */
  readonly proxy?: string;
  readonly region?: string;
  readonly project?: string;
  readonly apiVersion?: string;
  readonly baseModel?: string;
  readonly providerRows?: string;
  readonly temperature?: string;
  readonly maxTokens?: string;
  readonly stop?: readonly string[];
  readonly param?: readonly string[];
  readonly params?: ParameterMode;
  readonly skipParam?: readonly string[];
  readonly inputPrice?: string;
  readonly outputPrice?: string;
  readonly cachedInputPrice?: string;
  readonly catalog?: readonly string[];
}

/** Throws FLAG_INVALID. `names`: what was given beside flags. */
export function readTargetOptions(flags: TargetFlags, names: readonly string[]): TargetOptions {
  return {
    names,
    targets: flags.target ?? [],
    providers: (flags.providers ?? []).flatMap((text) => readNames(text, '--provider')),
    endpoints: flags.endpoint ?? [],
    models: flags.model ?? [],
    config: flags.config,
    apiKey: flags.apiKey,
    apiBase: flags.apiBase,
    dialect: flags.dialect,
    region: flags.region,
    project: flags.project,
    apiVersion: flags.apiVersion,
    baseModel: flags.baseModel,
    template: flags.template,
    headers: Object.fromEntries((flags.header ?? []).map((text) => readHeader(text, '--header'))),
    parameters: readParameters(flags),
    parameterMode: flags.params ?? 'strict',
    skipParameters: flags.skipParam ?? [],
    promptsHaveTools: false,
    prices: readPrices(flags),
    catalogs: flags.catalog ?? [],
    providerRows: flags.providerRows,
  };
}

/** What the user asks every target for, by the names that users know. */
function readParameters(flags: TargetFlags): JsonObject {
  const given: Record<string, JsonValue> = {};
  const temperature = optional(flags.temperature, '--temperature', readNumber);
  const maxTokens = optional(flags.maxTokens, '--max-tokens', readCount);
  if (temperature !== undefined) given['temperature'] = temperature;
  if (maxTokens !== undefined) given['max_tokens'] = maxTokens;
  if (flags.stop !== undefined) given['stop'] = flags.stop;
  return { ...given, ...Object.fromEntries((flags.param ?? []).map((text) => readParameter(text, '--param'))) };
}

function readPrices(flags: TargetFlags): TargetOptions['prices'] {
  const prices = {
    inputUsd: optional(flags.inputPrice, '--input-price', readNumber),
    outputUsd: optional(flags.outputPrice, '--output-price', readNumber),
    cachedInputUsd: optional(flags.cachedInputPrice, '--cached-input-price', readNumber),
  };
  const isAnyGiven = Object.values(prices).some((price) => price !== undefined);
  if (isAnyGiven && (prices.inputUsd === undefined || prices.outputUsd === undefined)) {
    const missing = prices.inputUsd === undefined ? '--input-price' : '--output-price';
    throw invalidFlag(missing, 'a price has two sides; give both (0 where it is free)');
  }
  return prices;
}

const readNames: FlagReader<readonly string[]> = (text, flag) => {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw invalidFlag(flag, `"${text}" has an empty name in it`);
  return names;
};

/** The value of a flag that was given. */
export function optional<T>(text: string | undefined, flag: string, read: FlagReader<T>): T | undefined {
  return text === undefined ? undefined : read(text, flag);
}
