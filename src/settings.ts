import { AppError } from './errors.ts';
import { LOG_LEVELS, type LogLevel } from './model/log-level.ts';
import { DIALECT_IDS, type DialectId } from './model/target.ts';

/** Where this process lives; what is measured is a plan. Frozen; only this file reads the environment. */
export interface Settings {
  /** `LLM_BENCH_DB`, else `bench.duckdb` in the working folder. */
  readonly db: string;
  /** `LLM_BENCH_API_KEY` for all, else the variable that the family's own tools read. Secrets. */
  readonly apiKeys: Readonly<Partial<Record<DialectId, string>>>;
  /** `LLM_BENCH_LOG_LEVEL`, else `warn`. What is logged goes to stderr. */
  readonly logLevel: LogLevel;
  /** Whether a live view can be drawn on stderr: it is a terminal, and not a dumb one. */
  readonly hasTerminal: boolean;
  /** Started by our own launcher on another Node, which then speaks to us over IPC. */
  readonly isLaunched: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws FLAG_INVALID for a value that cannot be used. */
export function readSettings(
  environment: Environment = process.env,
  isTerminal: boolean = process.stderr.isTTY === true,
): Settings {
  return Object.freeze({
    db: environment['LLM_BENCH_DB'] || 'bench.duckdb',
    apiKeys: readApiKeys(environment),
    logLevel: readLogLevel(environment['LLM_BENCH_LOG_LEVEL']),
    hasTerminal: isTerminal && environment['TERM'] !== 'dumb',
    isLaunched: environment['LLM_BENCH_LAUNCHER'] === '1',
  });
}

/** Where a key lies for each family. No family is sent another's key. */
const KEY_VARIABLES: Readonly<Partial<Record<DialectId, string>>> = {
  'openai-chat': 'OPENAI_API_KEY',
  'openai-completions': 'OPENAI_API_KEY',
  'openai-responses': 'OPENAI_API_KEY',
  'anthropic-messages': 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
  cohere: 'COHERE_API_KEY',
};

function readApiKeys(environment: Environment): Settings['apiKeys'] {
  return Object.fromEntries(
    DIALECT_IDS.flatMap((id) => {
      const key = environment['LLM_BENCH_API_KEY'] || environment[KEY_VARIABLES[id] ?? ''];
      return key ? [[id, key]] : [];
    }),
  );
}

function readLogLevel(value: string | undefined): LogLevel {
  if (value === undefined || value === '') return 'warn';
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  // Python's name for it, from one of the systems that this one grew out of.
  if (level === undefined && value.toLowerCase() === 'warning') return 'warn';
  if (level === undefined) throw unknownLevel(value);
  return level;
}

function unknownLevel(value: string): AppError {
  const problem = `"${value}" is none of ${LOG_LEVELS.join(', ')}`;
  return new AppError('FLAG_INVALID', { flag: 'LLM_BENCH_LOG_LEVEL', problem, command: 'run' });
}
