/** What speaks at one or several addresses: `provider discover --json`. */
export interface DiscoveryDocument {
  readonly schema: 'llm-bench/discovery/1';
  readonly endpoints: readonly EndpointDocument[];
}

export interface EndpointDocument {
  /** Missing for an address that is no configured provider's. */
  readonly provider?: string;
  readonly url: string;
  /** `unknown`: something answers, but nothing that is known. */
  readonly status: 'found' | 'unknown' | 'unreachable';
  /** Name and version, where the server says them. */
  readonly server?: string;
  /** Dialects with the URLs for `--endpoint`, best first. */
  readonly speaks: readonly { readonly dialect: string; readonly url: string }[];
  /** Missing unless found. `needed`: none was given; `refused`: it is not this server's. */
  readonly key?: 'not-needed' | 'accepted' | 'needed' | 'refused';
  /** Missing when they were not told. */
  readonly models?: readonly DiscoveredModelDocument[];
  /** Every page that was asked for, with what it told. Status is missing when no answer came. */
  readonly attempts: readonly { readonly url: string; readonly status?: number; readonly says: string }[];
}

/** Missing fields: the server does not say. */
export interface DiscoveredModelDocument {
  readonly id: string;
  readonly displayName?: string;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** US dollars per million tokens. */
  readonly inputUsd?: number;
  readonly outputUsd?: number;
}

/** What a document is made from. */
export interface DiscoveryInput {
  readonly provider: string | undefined;
  readonly url: string;
  readonly discovery:
    | { readonly kind: 'found'; readonly finding: FindingInput; readonly attempts: readonly AttemptInput[] }
    | { readonly kind: 'unknown' | 'unreachable'; readonly attempts: readonly AttemptInput[] };
}

interface AttemptInput {
  readonly url: string;
  readonly status: number | undefined;
  readonly says: string;
}

interface FindingInput {
  readonly server: string | undefined;
  readonly speaks: readonly { readonly dialect: string; readonly url: string }[];
  readonly key: 'not-needed' | 'accepted' | 'needed' | 'refused';
  readonly models:
    | readonly {
        readonly id: string;
        readonly label: string | undefined;
        readonly contextWindow: number | undefined;
        readonly maxOutputTokens: number | undefined;
        readonly inputUsd: number | undefined;
        readonly outputUsd: number | undefined;
      }[]
    | undefined;
}

export function toDiscoveryDocument(endpoints: readonly DiscoveryInput[]): DiscoveryDocument {
  return { schema: 'llm-bench/discovery/1', endpoints: endpoints.map(toEndpointDocument) };
}

function toEndpointDocument({ provider, url, discovery }: DiscoveryInput): EndpointDocument {
  const finding = discovery.kind === 'found' ? discovery.finding : undefined;
  return {
    ...known({ provider }),
    url,
    status: discovery.kind,
    ...known({ server: finding?.server }),
    speaks: finding?.speaks ?? [],
    ...known({ key: finding?.key }),
    ...known({
      models: finding?.models?.map(({ label, ...model }) => ({
        ...known(model),
        ...known({ displayName: label }),
        id: model.id,
      })),
    }),
    attempts: discovery.attempts.map(({ url: page, status, says }) => ({ url: page, ...known({ status }), says })),
  };
}

/** Without the fields that are undefined. */
function known<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof known<T>
  >;
}
