/** What came of one tiny call to each model: `provider validate --json`. */
export interface ProviderTrialsDocument {
  readonly schema: 'llm-bench/provider-trials/1';
  /** Name of the only provider that was tried; `all` for every one. */
  readonly scope: string;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly ProviderTrialDocument[];
}

export type ProviderTrialDocument =
  | {
      readonly provider: string;
      readonly model: string;
      readonly status: 'ok';
      /** Missing when the answer was not streamed. */
      readonly ttftMs?: number;
      readonly e2eMs?: number;
      /** Missing when nobody can say. */
      readonly outputTokens?: number;
    }
  | {
      readonly provider: string;
      readonly model: string;
      readonly status: 'failed';
      /** A kind of failure, or the code of the error that kept the call from being made; see docs/errors.md. */
      readonly errorType: string;
      readonly errorMessage: string;
      /** The key is missing, or was refused. */
      readonly isKeyProblem: boolean;
    };

/** What a document is made from. */
export interface ProviderTrialsInput {
  readonly scope: string;
  readonly trials: readonly {
    readonly provider: string;
    readonly model: string;
    readonly outcome:
      | {
          readonly kind: 'ok';
          readonly ttftMs: number | undefined;
          readonly e2eMs: number | undefined;
          readonly outputTokens: number | undefined;
        }
      | {
          readonly kind: 'failed';
          readonly failure: string;
          readonly isKeyProblem: boolean;
          readonly message: string;
        };
  }[];
}

export function toProviderTrialsDocument({ scope, trials }: ProviderTrialsInput): ProviderTrialsDocument {
  const results = trials.map(({ provider, model, outcome }): ProviderTrialDocument => {
    if (outcome.kind === 'failed') {
      const { failure: errorType, message: errorMessage, isKeyProblem } = outcome;
      return { provider, model, status: 'failed', errorType, errorMessage, isKeyProblem };
    }
    return {
      provider,
      model,
      status: 'ok',
      ...(outcome.ttftMs === undefined ? {} : { ttftMs: outcome.ttftMs }),
      ...(outcome.e2eMs === undefined ? {} : { e2eMs: outcome.e2eMs }),
      ...(outcome.outputTokens === undefined ? {} : { outputTokens: outcome.outputTokens }),
    };
  });
  const passed = results.filter(({ status }) => status === 'ok').length;
  return {
    schema: 'llm-bench/provider-trials/1',
    scope,
    total: results.length,
    passed,
    failed: results.length - passed,
    results,
  };
}
