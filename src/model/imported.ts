/** Programs whose results can be taken in. `llm-bench`: our own documents, which bring their records. */
export const IMPORT_TOOLS = ['llm-bench', 'vllm', 'aiperf', 'guidellm'] as const;

export type ImportTool = (typeof IMPORT_TOOLS)[number];

/** A figure of another tool, under its own name. */
export interface ImportedFigure {
  /** As their file calls it. */
  readonly name: string;
  /** Undefined where they do not say. */
  readonly unit: string | undefined;
  /** By their names: `mean`, `p99` … */
  readonly statistics: Readonly<Record<string, number>>;
  /** Our metric that means exactly the same; undefined: none does, and nothing of ours may be held against it. */
  readonly sameAs: string | undefined;
}

/** Says that a run was not measured here, and what came with it. */
export interface ImportOrigin {
  readonly tool: ImportTool;
  /** Of that tool; undefined where its file does not say. */
  readonly toolVersion: string | undefined;
  /** The file's name, as the user wrote it. */
  readonly file: string;
  readonly importedAtIso: string;
  /** Empty for our own documents. */
  readonly figures: readonly ImportedFigure[];
  /** What their file says of how it was measured, as it stands there. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}
