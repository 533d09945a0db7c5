// Runs all benches in turn, each in a process of its own. On a machine that does other things too their figures say little.
// usage: npm run bench
import { spawnSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { say } from './rig/figures.ts';

const BENCHES = [
  'first-token',
  'thousand-streams',
  'most-streams',
  'firehose',
  'requests',
  'open-loop',
  'append',
  'duckdb-append',
];

say(`${cpus().length} × ${cpus()[0]?.model.trim()}, ${process.platform} ${release()}, Node ${process.version}`);
for (const bench of BENCHES) {
  say(`\n${bench}`);
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${bench}.ts`, import.meta.url))], {
    stdio: 'inherit',
  });
  if (status !== 0) say(`${bench} ended with ${status}`);
}
