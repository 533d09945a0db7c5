/** The table of ARCHITECTURE.md ("Floors: who may import whom") as data. */

/** What the modules of one folder, or one file right under `src`, may import besides their own folder. */
export interface Room {
  /** Height in the house; undefined for what stands beside it. */
  readonly floor: number | undefined;
  /** Folders (`model`), single files (`dialects/dialect.ts`), or `*` for everything. */
  readonly mayImport: readonly string[];
  /** The same, for imports of types only. */
  readonly mayImportTypesOf?: readonly string[];
  /** Exceptions from `*`. */
  readonly mayNotImport?: readonly string[];
}

const GROUND = ['errors', 'clock', 'random', 'model'];
/** Settings are missing on purpose: only the composition root hands them out. */
const SECOND = ['metrics', 'wire', 'workloads', 'tokenizers', 'store'];

export const ROOMS: { readonly [room: string]: Room } = {
  errors: { floor: 1, mayImport: [] },
  clock: { floor: 1, mayImport: [] },
  random: { floor: 1, mayImport: [] },
  model: { floor: 1, mayImport: [] },

  settings: { floor: 2, mayImport: GROUND },
  metrics: { floor: 2, mayImport: GROUND },
  wire: { floor: 2, mayImport: GROUND },
  workloads: { floor: 2, mayImport: GROUND },
  tokenizers: { floor: 2, mayImport: GROUND },
  store: { floor: 2, mayImport: GROUND },

  dialects: { floor: 3, mayImport: [...GROUND, ...SECOND] },
  providers: { floor: 3, mayImport: [...GROUND, ...SECOND] },
  accounts: { floor: 3, mayImport: [...GROUND, ...SECOND] },
  report: { floor: 3, mayImport: [...GROUND, 'metrics', 'workloads', 'tokenizers', 'store'] },
  evals: { floor: 3, mayImport: [...GROUND, 'metrics', 'workloads', 'tokenizers', 'store'] },
  contract: { floor: 3, mayImport: ['model', 'metrics', 'errors'] },

  engine: { floor: 4, mayImport: [...GROUND, 'dialects/dialect.ts', 'workloads/source.ts'] },
  jobs: { floor: 4, mayImport: [...GROUND, 'dialects/dialect.ts', 'workloads/source.ts'] },

  app: {
    floor: 5,
    mayImport: [
      ...GROUND,
      'metrics',
      'wire',
      'tokenizers',
      'workloads/source.ts',
      'workloads/open.ts',
      'store/store.ts',
      'store/rows.ts',
      'store/open.ts',
      'store/memory.ts',
      'dialects/dialect.ts',
      'dialects/registry.ts',
      'providers',
      'report',
      'evals',
      'accounts',
      'contract',
      'engine',
      'jobs',
    ],
    mayImportTypesOf: ['settings'],
  },
  server: { floor: 6, mayImport: ['app', 'contract', 'accounts', 'errors'] },
  cli: {
    floor: 7,
    mayImport: ['app', 'contract', 'report', 'metrics', 'model', 'errors', 'clock'],
    mayImportTypesOf: ['settings'],
  },
  main: { floor: 8, mayImport: ['*'] },
  'measuring-thread': { floor: 8, mayImport: ['*'] },
  'counting-thread': { floor: 8, mayImport: ['*'] },
  // Adapters into ports, for main and for the library's face.
  compose: { floor: 8, mayImport: ['*'], mayNotImport: ['server', 'cli', 'main'] },

  index: { floor: undefined, mayImport: ['*'], mayNotImport: ['server', 'cli', 'main'] },
  simulator: { floor: undefined, mayImport: [] },
  web: { floor: undefined, mayImport: ['contract', 'metrics', 'model'] },
};

/** Files that may import more than their folder. */
export const WIDER_FILES: { readonly [path: string]: readonly string[] } = {
  'src/cli/commands/serve.ts': ['server'],
  'src/cli/commands/simulate.ts': ['simulator'],
  'src/cli/commands/demo.ts': ['simulator'],
};

/**
 * Folders whose subfolders are adapters, and the files of the folder that may import those; `*` is every file right in the
 * folder (`providers/parameters/` is data of the whole folder, but nobody else's).
 */
export const ADAPTER_OPENERS: { readonly [room: string]: readonly string[] } = {
  dialects: ['registry.ts'],
  store: ['open.ts'],
  workloads: ['open.ts', 'registry.ts'],
  tokenizers: ['open.ts', 'registry.ts'],
  jobs: ['open.ts', 'registry.ts'],
  providers: ['*'],
};

/** Owners of each foreign package: folders, or one adapter. Every entry of `dependencies` needs a row. */
export const PACKAGE_OWNERS: { readonly [name: string]: readonly string[] } = {
  undici: ['wire'],
  zod: ['model', 'settings', 'contract', 'workloads', 'providers', 'app'],
  yaml: ['workloads', 'providers', 'app'],
  commander: ['cli'],
  'csv-stringify': ['report'],
  'cli-table3': ['report'],
  '@duckdb/node-api': ['store/duckdb'],
  pg: ['store/postgres'],
  '@decimalturn/toml-patch': ['providers'],
  '@huggingface/tokenizers': ['tokenizers/huggingface'],
  '@pydantic/genai-prices': ['providers/prices'],
  aws4: ['wire', 'providers/auth'],
  'google-auth-library': ['providers/auth'],
  'gpt-tokenizer': ['tokenizers/tiktoken'],
  xmlbuilder2: ['report'],
};

const FILES_AND_SOCKETS = ['fs', 'fs/promises', 'http', 'http2', 'https', 'net', 'tls'];

/** Modules of Node that a folder must do without; `*` is all of them: pure maths, and what a browser loads too. */
export const FORBIDDEN_BUILTINS: { readonly [room: string]: readonly string[] } = {
  errors: ['*'],
  random: ['*'],
  model: ['*'],
  metrics: ['*'],
  contract: ['*'],
  web: ['*'],
  dialects: FILES_AND_SOCKETS,
  engine: FILES_AND_SOCKETS,
};

/** Names that say nothing; whatever lands there has no home yet. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(
  'utils helpers common shared core lib services manager misc'.split(' '),
);

/** `model/` must not grow into a `common/`; its share says little before there is a house around it. */
export const MODEL_SHARE = { maxRatio: 0.15, enforcedAboveLines: 3_000 };
