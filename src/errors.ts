/**
 * Mistakes that a user can mend, with what to do about them. What a measured endpoint does wrong is never one of these: that is
 * data in a record. Codes are stable; `docs/errors.md` is checked against this table.
 */
interface ErrorEntry {
  /** What is wrong; `{name}` is replaced by the detail of that name. */
  readonly message: string;
  /** What to do next; may use the same details. */
  readonly hint: string;
  /** Exit code of the command line. */
  readonly exit: 1 | 2 | 3 | 4 | 5;
  /** HTTP status of the API. */
  readonly status: number;
}

export const ERROR_CODES = {
  FLAG_INVALID: {
    message: '{flag}: {problem}',
    hint: 'see llm-bench {command} --help',
    exit: 2,
    status: 400,
  },
  FLAGS_CONFLICT: { message: '{first} cannot stand beside {second}', hint: '{hint}', exit: 2, status: 400 },
  FLAG_MISSING: { message: '{flag} is missing', hint: '{hint}', exit: 2, status: 400 },
  FILE_UNREADABLE: {
    message: 'cannot read {file}: {reason}',
    hint: 'check the path and its permissions',
    exit: 2,
    status: 400,
  },
  FILE_EMPTY: {
    message: '{file} holds no prompt',
    hint: 'add at least one; see examples/prompts.yaml',
    exit: 2,
    status: 400,
  },
  FILE_MALFORMED: { message: '{file}:{line}: {problem}', hint: '{hint}', exit: 2, status: 400 },
  FILE_KIND_UNKNOWN: {
    message: '{file}: no reader for this kind of file',
    hint: 'use a name that ends in .txt, .jsonl, .yaml or .yml',
    exit: 2,
    status: 400,
  },
  FILE_EXISTS: { message: '{file} is there already', hint: 'name another file, or add --force', exit: 2, status: 409 },
  FILE_NOT_WRITTEN: {
    message: 'cannot write {file}: {reason}',
    hint: 'check that its folder is there and may be written, and that the disk has space',
    exit: 2,
    status: 500,
  },
  FILE_NOT_CHANGED: { message: '{file} was not changed: {reason}', hint: '{hint}', exit: 2, status: 409 },
  OUTPUT_LENGTH_UNSUPPORTED: {
    message: '{model} cannot be told to answer at an exact length: {reason}',
    hint: 'leave out --output-length exact, or give the server’s own option by --param',
    exit: 2,
    status: 400,
  },
  TIERS_TOO_LARGE: {
    message: '{model} has no room for any of the context tiers: {room} tokens at most',
    hint: 'name smaller ones, or 0, in --context-tiers',
    exit: 2,
    status: 400,
  },
  PROVIDER_UNKNOWN: {
    message: '{model}: the model string names no provider that is known',
    hint: '{hint}',
    exit: 2,
    status: 404,
  },
  PROVIDER_INCOMPLETE: { message: '{model}: {problem}', hint: '{hint}', exit: 2, status: 400 },
  PROVIDER_UNSUPPORTED: { message: '{model}: {reason}', hint: '{hint}', exit: 2, status: 400 },
  TEMPLATE_INVALID: {
    message: 'the template of {provider} cannot be used: {problem}',
    hint: '{hint}',
    exit: 2,
    status: 400,
  },
  TOOLS_UNSUPPORTED: {
    message: '{dialect} has no {what}, but {prompt} wants {it} of {model}',
    hint: 'leave the prompt out, or ask the model by another route (--dialect)',
    exit: 2,
    status: 400,
  },
  PROVIDER_NOT_CONFIGURED: { message: 'there is no provider {name} in {file}', hint: '{hint}', exit: 2, status: 404 },
  PROVIDER_EXISTS: {
    message: 'there is a provider {name} in {file} already',
    hint: 'change it: llm-bench provider edit {name} …; or put the new one in its place: --force',
    exit: 2,
    status: 409,
  },
  NO_PROVIDERS: {
    message: 'no provider is configured: {reason}',
    hint: 'add one: llm-bench provider add --name mine --model MODEL --api-base URL --api-key-env VARIABLE',
    exit: 2,
    status: 404,
  },
  KEY_IN_FILE: {
    message: '{field} looks like a key, and no key is ever written into {file}',
    hint: '{hint}',
    exit: 2,
    status: 400,
  },
  PROMPTS_MISSING: { message: '{model}: no prompts came: {problem}', hint: '{hint}', exit: 3, status: 502 },
  RUN_NOT_FOUND: { message: 'no run {id} in {db}', hint: 'see llm-bench report list', exit: 2, status: 404 },
  TARGET_NOT_FOUND: {
    message: '{name} names {count} targets of {run}, not one',
    hint: 'name one of: {targets}',
    exit: 2,
    status: 404,
  },
  RUN_ID_TAKEN: {
    message: 'a run {id} is already in {db}',
    hint: 'choose another --run-id, or remove it: llm-bench report remove --run-id {id}',
    exit: 2,
    status: 409,
  },
  RUN_IS_RUNNING: {
    message: 'run {id} in {db} is still running',
    hint: 'wait for it to end, or stop its process',
    exit: 2,
    status: 409,
  },
  RUN_NOT_REPEATABLE: { message: 'run {id} cannot be repeated: {problem}', hint: '{hint}', exit: 2, status: 409 },
  RUN_IS_BASELINE: {
    message: 'run {id} in {db} is the baseline {name}',
    hint: 'give the name to another run, or take it away: llm-bench report baseline remove {name}',
    exit: 2,
    status: 409,
  },
  RUN_DIFFERS: {
    message: 'a run {id} is already in {db}, and it is not the same or not whole',
    hint: 'remove it there, with that --db: llm-bench report remove --run-id {id}',
    exit: 2,
    status: 409,
  },
  GROUP_NOT_FOUND: {
    message: 'no runs of {what} are in {db}',
    hint: 'run one first: llm-bench sweep --help; see llm-bench report list',
    exit: 2,
    status: 404,
  },
  BASELINE_NOT_FOUND: {
    message: 'no baseline {name} in {db}',
    hint: 'see llm-bench report baseline list',
    exit: 2,
    status: 404,
  },
  NO_RUNS: { message: 'no run is stored in {db}', hint: 'run one first: llm-bench run --help', exit: 2, status: 404 },
  NOT_LIKE_FOR_LIKE: {
    message: '{a} and {b} are not like-for-like: {problem}',
    hint: 'repeat one under the conditions of the other, or compare them all the same: --allow',
    exit: 2,
    status: 409,
  },
  NOTHING_TO_COMPARE: {
    message: 'the runs have no target in common: {a} here, {b} there',
    hint: 'compare runs of the same provider and model, or of one target each',
    exit: 2,
    status: 409,
  },
  DOCUMENT_UNUSABLE: {
    message: '{file} cannot be compared: {problem}',
    hint: 'write it by run --output json --include requests, or report summary --json --include requests',
    exit: 2,
    status: 400,
  },
  IMPORT_UNUSABLE: {
    message: '{file} cannot be imported: {problem}',
    hint: 'it must be a result of llm-bench (.json with requests, .jsonl), vllm bench serve, aiperf or guidellm',
    exit: 2,
    status: 400,
  },
  SQL_REFUSED: { message: 'the database refused the query: {reason}', hint: '{hint}', exit: 2, status: 400 },
  STORE_NOT_FOUND: {
    message: 'there is no database at {db}',
    hint: 'name another by --db, LLM_BENCH_DB or DATABASE_URL, or run a benchmark first',
    exit: 2,
    status: 404,
  },
  STORE_LOCKED: {
    message: '{db} is in use by another process{holder}',
    hint: 'wait for it to end, or use another file: --db other.duckdb (or --no-save)',
    exit: 2,
    status: 503,
  },
  STORE_UNREADABLE: {
    message: '{db} cannot be opened: {reason}',
    hint: '{hint}',
    exit: 2,
    status: 500,
  },
  STORE_TOO_NEW: {
    message: '{db} was written by a newer llm-bench (schema {found}, this one knows {known})',
    hint: 'update llm-bench, or use another --db',
    exit: 2,
    status: 500,
  },
  STORE_WRITE_FAILED: {
    message: 'cannot write to {db}: {reason}',
    hint: 'what was measured up to here is printed, but not all of it is stored; mend the cause, or use another --db',
    exit: 1,
    status: 500,
  },
  KEY_MISSING: { message: '{model}: no key was found', hint: '{hint}', exit: 5, status: 401 },
  KEY_UNAVAILABLE: { message: '{giver}: {problem}', hint: '{hint}', exit: 5, status: 401 },
  ENDPOINT_UNKNOWN: {
    message: '{host} answers, but with nothing that tells what it speaks',
    hint: 'name its path, as http://{host}/v1, or say it by --dialect',
    exit: 2,
    status: 422,
  },
  PARAMETERS_REFUSED: {
    message: '{model}: {problem}',
    hint: '{hint}; --params adjust mends it, --params pass sends it all the same',
    exit: 2,
    status: 422,
  },
  BUDGET_TOO_LOW: {
    message: 'a budget of {budget} does not pay for the first requests at their dearest',
    hint: 'the smallest that works is --budget {least}; a lower --max-tokens needs less',
    exit: 4,
    status: 422,
  },
  BUDGET_UNKNOWN: { message: '{model} cannot be held to a budget: {problem}', hint: '{hint}', exit: 2, status: 422 },
  KEY_REFUSED: {
    message: 'every request was refused for its key ({detail})',
    hint: '{hint}',
    exit: 5,
    status: 401,
  },
  PORT_UNAVAILABLE: {
    message: 'cannot listen on {host}:{port}: {reason}',
    hint: 'choose another --port',
    exit: 2,
    status: 500,
  },
  TRUTH_WRITE_FAILED: {
    message: 'cannot write the truth to {file}: {reason}',
    hint: 'free some space, or choose another --truth',
    exit: 1,
    status: 500,
  },
  MEASURING_FAILED: {
    message: 'the measuring thread stopped: {reason}',
    hint: 'what was measured before is kept; please report this',
    exit: 1,
    status: 500,
  },
  TOKENIZER_UNKNOWN: {
    message: '{tokenizer} is neither a built-in tokenizer nor a file',
    hint: 'use o200k_base, cl100k_base, estimate, or the path of a tokenizer.json',
    exit: 2,
    status: 400,
  },
  TOKENIZER_UNREADABLE: {
    message: '{file} cannot be used as a tokenizer: {reason}',
    hint: "name the tokenizer.json of the model's own repository, or use --tokenizer o200k_base",
    exit: 2,
    status: 400,
  },
  COUNTING_FAILED: {
    message: 'tokens could not be counted: {reason}',
    hint: 'the run itself is whole; where the endpoint reported no usage, each event stands for a token',
    exit: 1,
    status: 500,
  },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Holds the table to its shape; `satisfies` would hide its keys from declarations. */
const ENTRIES: Readonly<Record<ErrorCode, ErrorEntry>> = ERROR_CODES;

export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error with a code from the table. Its message is one line: what is wrong, and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  /** What the message was filled with, so that another thread can say it again. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails, options?: ErrorOptions) {
    super(fill(ENTRIES[code].message, details), options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.hint = fill(ENTRIES[code].hint, details);
  }

  get exit(): number {
    return ENTRIES[this.code].exit;
  }
}

function fill(template: string, details: ErrorDetails): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''));
}
