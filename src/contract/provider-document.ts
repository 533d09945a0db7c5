import type { ModelEntry, ProviderDefaults, ProviderEntry } from '../model/provider-entry.ts';

/** Configured providers: `provider list --json` and `provider show --json`. A field that is missing was not said. */
export interface ProviderListDocument {
  readonly schema: 'llm-bench/providers/1';
  /** As it was named, or found. */
  readonly file: string;
  readonly defaults: ProviderDefaults;
  readonly providers: readonly ProviderDocument[];
}

export interface ProviderDocument {
  readonly name: string;
  readonly displayName?: string;
  readonly models: readonly ModelDocument[];
}

/** One model with all that holds for it, its provider's fields included. Header values that are secret are masked. */
export type ModelDocument = Omit<ModelEntry, 'label'> & {
  readonly displayName?: string;
  /** Whether the variable of `apiKeyEnv` is set; missing when none is named. */
  readonly isKeySet?: boolean;
};

/** What a document is made from. */
export interface ProviderListInput {
  readonly file: string;
  readonly defaults: ProviderDefaults;
  readonly providers: readonly ProviderEntry[];
  readonly variables: ReadonlyMap<string, boolean>;
}

export function toProviderListDocument({
  file,
  defaults,
  providers,
  variables,
}: ProviderListInput): ProviderListDocument {
  const toModel = ({ label, ...model }: ModelEntry): ModelDocument => {
    const isKeySet = model.apiKeyEnv === undefined ? undefined : variables.get(model.apiKeyEnv);
    return {
      ...model,
      ...(label === undefined ? {} : { displayName: label }),
      ...(isKeySet === undefined ? {} : { isKeySet }),
    };
  };
  return {
    schema: 'llm-bench/providers/1',
    file,
    defaults,
    providers: providers.map(({ name, label, models }) => ({
      name,
      ...(label === undefined ? {} : { displayName: label }),
      models: models.map(toModel),
    })),
  };
}
