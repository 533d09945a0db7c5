import type { Price } from '../model/price.ts';

/** Models of a configured provider: `provider models --json`. Missing fields: nobody says. */
export interface ModelListDocument {
  readonly schema: 'llm-bench/models/1';
  readonly provider: string;
  readonly models: readonly KnownModelDocument[];
}

export interface KnownModelDocument {
  /** As the file names it. */
  readonly model: string;
  readonly displayName?: string;
  /** As it is sent. */
  readonly sentAs?: string;
  readonly url?: string;
  readonly dialect?: string;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** US dollars per million tokens of each kind, with where they come from. */
  readonly price?: Price;
  /** Why it cannot be resolved. */
  readonly problem?: string;
}

/** What a document is made from. */
export interface ModelListInput {
  readonly provider: string;
  readonly models: readonly {
    readonly model: string;
    readonly label: string | undefined;
    readonly sentAs: string | undefined;
    readonly url: string | undefined;
    readonly dialect: string | undefined;
    readonly contextWindow: number | undefined;
    readonly maxOutputTokens: number | undefined;
    readonly price: Price | undefined;
    readonly problem: string | undefined;
  }[];
}

export function toModelListDocument({ provider, models }: ModelListInput): ModelListDocument {
  const toDocument = ({ model, label, ...facts }: ModelListInput['models'][number]): KnownModelDocument => ({
    model,
    ...Object.fromEntries(Object.entries({ displayName: label, ...facts }).filter(([, value]) => value !== undefined)),
  });
  return { schema: 'llm-bench/models/1', provider, models: models.map(toDocument) };
}
