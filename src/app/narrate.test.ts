import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRecord, buildTarget } from '../../test/support/record-builder.ts';
import type { LiveCounts } from '../engine/messages.ts';
import { createNarrator } from './narrate.ts';

const counts = (phase: LiveCounts['phase']): LiveCounts => ({
  targetIndex: 0,
  phase,
  started: 0,
  ended: 0,
  inFlight: 0,
  dropped: 0,
});

test('each phase of a target is told once, and failures one by one', () => {
  const lines: string[] = [];
  const log = {
    warn: (line: string) => lines.push(`warn ${line}`),
    info: (line: string) => lines.push(`info ${line}`),
    debug: (line: string) => lines.push(`debug ${line}`),
  };
  const plan = buildPlan({ targets: [buildTarget({ provider: 'here', model: 'm' })] });
  const narrate = createNarrator(plan, log);
  const failure = { kind: 'reset', message: 'gone', status: undefined, code: undefined } as const;
  const failed = buildRecord({
    id: 7,
    attempt: 2,
    outcome: { kind: 'failed', failure: { ...failure, retryAfterMs: undefined, excerpt: undefined } },
  });
  narrate({ live: [counts('waiting')], progress: [], records: [] });
  narrate({ live: [counts('measure')], progress: [], records: [buildRecord(), failed] });
  narrate({ live: [counts('measure')], progress: [], records: [] });
  assert.deepEqual(lines, ['info here m: measure', 'debug here m: request 7 (measure, attempt 2) failed: reset: gone']);
});
