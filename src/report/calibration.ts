import { type Calibration, limitsOf } from '../model/calibration.ts';
import { formatMs, formatNumber, formatRatio } from './format.ts';
import type { Style } from './style.ts';
import { renderTable, wrap } from './table.ts';

interface CalibrationReportInput {
  readonly calibration: Calibration;
  /** Where it was kept; undefined: nowhere. */
  readonly file: string | undefined;
  readonly style: Style;
  readonly columns: number;
}

/** What this client can be trusted with. */
export function renderCalibration({ calibration, file, style, columns }: CalibrationReportInput): string {
  const { node, version, cpuCount, cpuModel, isQuick } = calibration;
  return [
    `${style.title('Calibration')}  ${isQuick ? 'quick' : 'whole'}, one measuring thread`,
    style.dim(`llm-bench ${version} · Node ${node} · ${cpuCount} × ${cpuModel}`),
    '',
    ...summaryLines(calibration).flatMap((line) => wrap(line, columns)),
    '',
    ...accuracyTable(calibration, style),
    '',
    ...pacingTable(calibration, style),
    '',
    ...streamTable(calibration, style),
    ...(file === undefined
      ? []
      : ['', ...wrap(`kept in ${file}, for the validity of runs on this machine`, columns).map(style.dim)]),
  ].join('\n');
}

function summaryLines(calibration: Calibration): readonly string[] {
  const { streams, ratePerSecond, chunksPerSecond } = limitsOf(calibration);
  return [
    streams === undefined
      ? 'no number of streams that was tried is kept up with'
      : `up to ${formatNumber(streams)} streams of 50 chunks/s are stamped within 5 ms (p99)`,
    ratePerSecond === undefined
      ? 'at no rate that was tried requests leave within 1 ms (p99): this machine is too busy'
      : `up to ${formatNumber(ratePerSecond)} requests/s leave within 1 ms (p99) of when they are due`,
    ...(chunksPerSecond === undefined
      ? []
      : [`${formatNumber(Math.round(chunksPerSecond))} chunks/s are read and decoded without pause`]),
  ];
}

function accuracyTable({ accuracy }: Calibration, style: Style): readonly string[] {
  const head = ['streams', 'ttft error p50', 'p99', 'gap error p99', 'requests'].map((text) => style.dim(text));
  return [
    style.dim('against the truth of the endpoint'),
    ...renderTable([
      head,
      ...accuracy.map(({ streams, ttftErrorP50Ms, ttftErrorP99Ms, gapErrorP99Ms, requests }) => [
        formatNumber(streams),
        formatMs(ttftErrorP50Ms),
        formatMs(ttftErrorP99Ms),
        formatMs(gapErrorP99Ms),
        formatNumber(requests),
      ]),
    ]),
  ];
}

function pacingTable({ pacing }: Calibration, style: Style): readonly string[] {
  const head = ['rate', 'delay p50', 'p99', 'in time'].map((text) => style.dim(text));
  return [
    style.dim('requests after they were due (Poisson)'),
    ...renderTable([
      head,
      ...pacing.map(({ ratePerSecond, delayP50Ms, delayP99Ms, achievedRatio }) => [
        `${formatNumber(ratePerSecond)}/s`,
        formatMs(delayP50Ms),
        formatMs(delayP99Ms),
        formatRatio(achievedRatio),
      ]),
    ]),
  ];
}

const VERDICTS = {
  kept: 'kept up',
  client: 'this client did not keep up',
  server: 'the endpoint was late itself',
} as const;

function streamTable({ streams }: Calibration, style: Style): readonly string[] {
  const head = ['streams', 'chunks/s', 'lag p50', 'p99', 'verdict'].map((text) => style.dim(text));
  return [
    style.dim('stamps after the quickest chunk'),
    ...renderTable([
      head,
      ...streams.map((each) => [
        formatNumber(each.streams),
        formatNumber(Math.round(each.chunksPerSecond)),
        formatMs(each.lagP50Ms),
        formatMs(each.lagP99Ms),
        VERDICTS[each.verdict],
      ]),
    ]),
  ];
}
