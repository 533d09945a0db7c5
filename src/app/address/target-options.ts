import type { Clock } from '../../clock.ts';
import type { ParameterMode } from '../../model/parameters.ts';
import type { DialectId } from '../../model/target.ts';
import type { JsonObject } from '../../model/units.ts';

/** What a user says of the targets of one command. Missing: not said. */
export interface TargetOptions {
  /** Model strings (`groq/llama-3.3-70b-versatile`), or names of configured providers. */
  readonly names: readonly string[];
  /** Providers in full, as YAML or JSON: the fields of `providers.toml`, with the name among them. */
  readonly targets: readonly string[];
  /** Names of configured providers only. */
  readonly providers: readonly string[];
  /** `URL` or `name=URL`, each with every one of `models`. */
  readonly endpoints: readonly string[];
  /** As an endpoint names them; model strings where there is no endpoint. */
  readonly models: readonly string[];
  /** A providers file instead of the usual ones. */
  readonly config: string | undefined;
  /** The key itself, or `os.environ/NAME`. A secret. */
  readonly apiKey: string | undefined;
  /** Base URL for model strings. */
  readonly apiBase: string | undefined;
  readonly dialect: DialectId | undefined;
  readonly region: string | undefined;
  readonly project: string | undefined;
  readonly apiVersion: string | undefined;
  readonly baseModel: string | undefined;
  /** File that says how a custom REST endpoint is asked and read. */
  readonly template: string | undefined;
  /** By lower-case name; win over all others. Values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** By the names that users know; what is not given is not sent. */
  readonly parameters: JsonObject;
  readonly parameterMode: ParameterMode;
  readonly skipParameters: readonly string[];
  /** Prompts bring tools of their own, so that parameters about tools have something to be about. */
  readonly promptsHaveTools: boolean;
  /** US dollars per million tokens, for all targets. */
  readonly prices: {
    readonly inputUsd: number | undefined;
    readonly outputUsd: number | undefined;
    readonly cachedInputUsd: number | undefined;
  };
  /** Price and capability files, best first. */
  readonly catalogs: readonly string[];
  /** Rows of a user's own for the provider catalog. */
  readonly providerRows: string | undefined;
}

/** Nothing at all. */
export const NOTHING_SAID: TargetOptions = {
  names: [],
  targets: [],
  providers: [],
  endpoints: [],
  models: [],
  config: undefined,
  apiKey: undefined,
  apiBase: undefined,
  dialect: undefined,
  region: undefined,
  project: undefined,
  apiVersion: undefined,
  baseModel: undefined,
  template: undefined,
  headers: {},
  parameters: {},
  parameterMode: 'strict',
  skipParameters: [],
  promptsHaveTools: false,
  prices: { inputUsd: undefined, outputUsd: undefined, cachedInputUsd: undefined },
  catalogs: [],
  providerRows: undefined,
};

/** What this process knows by itself. */
export interface Surroundings {
  /** May be secrets. */
  readonly environment: (name: string) => string | undefined;
  /** `LLM_BENCH_CONFIG`. */
  readonly config: string | undefined;
  readonly userConfig: string;
  /** Tells when tokens end. */
  readonly clock: Clock;
  /** Nothing will be sent: no endpoint is asked what it speaks, and no key is needed. */
  readonly isRehearsal: boolean;
  /** The composition root of a counting thread. */
  readonly countingThreadUrl: URL;
}
