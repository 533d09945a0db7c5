// Prints where a thread's time went (LLM_BENCH_PROFILE), or who allocated (LLM_BENCH_ALLOCATIONS): the greatest entries by themselves.
// usage: node bench/rig/profile-report.ts FILE
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { say } from './figures.ts';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

const totals = new Map<string, number>();
const profile = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CpuProfile | { readonly head: HeapNode };
if ('head' in profile) addHeap(profile.head);
else {
  const byId = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  profile.samples.forEach((id, place) => {
    const frame = byId.get(id);
    if (frame !== undefined) add(frame, profile.timeDeltas[place] ?? 0);
  });
}
const rows = [...totals].filter(([name]) => name !== '(idle) ').toSorted(([, a], [, b]) => b - a);
const sum = rows.reduce((all, [, value]) => all + value, 0);
for (const [name, value] of rows.slice(0, 45)) {
  say(
    `${((value / sum) * 100).toFixed(1).padStart(5)} %  ${Math.round(value / 1_000)
      .toString()
      .padStart(8)}  ${name}`,
  );
}

function addHeap(node: HeapNode): void {
  add(node.callFrame, node.selfSize);
  for (const child of node.children) addHeap(child);
}

function add({ functionName, url, lineNumber }: CallFrame, value: number): void {
  const place = url === '' ? '' : `${basename(url)}:${lineNumber + 1}`;
  const name = `${functionName === '' ? '(anonymous)' : functionName} ${place}`;
  totals.set(name, (totals.get(name) ?? 0) + value);
}
