// Compiles the C programs of bench/native, once for each version of their source.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../native/', import.meta.url));

/** The program's path; undefined where there is no compiler, or no Linux for it. */
export function nativeProgram(name: 'endpoint' | 'reader' | 'requester'): string | undefined {
  if (process.platform !== 'linux' || spawnSync('gcc', ['--version']).status !== 0) return undefined;
  const source = join(FOLDER, `${name}.c`);
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), 'llm-bench-native');
  const program = join(folder, `${name}-${digest}`);
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('gcc', ['-O2', '-Wall', '-o', program, source]);
  }
  return program;
}
