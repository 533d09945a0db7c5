import type { Plan } from '../model/plan.ts';
import { isSurelyAbove } from './binomial.ts';
import { ms, percent, type ValidityEntry } from './validity-entry.ts';
import type { ValidityInput } from './validity-input.ts';

const MIN_ACHIEVED_RATIO = 0.98;
const MIN_DISPATCH_LIMIT_MS = 1;
const DISPATCH_TTFT_RATIO = 0.05;
/** What p99 leaves above itself. */
const LATE_RATIO = 0.01;
const NOTED_IN_FLIGHT_RATIO = 0.98;
const MIN_IN_FLIGHT_RATIO = 0.9;
/** What a client may need between an answer and its next request: of answers as short as that there cannot be enough in flight. */
const TURN_MS = 1;

/** Whether the load was as asked. */
export function loadEntries(input: ValidityInput): readonly ValidityEntry[] {
  if (input.plan.load.kind === 'closed-loop') return concurrencyEntries(input);
  return [...achievedEntries(input), dispatchDelayEntry(input), ...droppedEntries(input)];
}

/** Of clients that pause between their requests, or come and go, nobody can say how many should have been busy. */
function isSteady({ load, interleave, conversation }: Plan): boolean {
  const isAlone = interleave === undefined && conversation === undefined;
  return isAlone && load.kind === 'closed-loop' && load.requestDelayMs === 0 && load.stages.length === 0;
}

function concurrencyEntries(input: ValidityInput): readonly ValidityEntry[] {
  const { plan, meanInFlight, steadyWindowMs = 0, requests } = input;
  const { load } = plan;
  if (load.kind !== 'closed-loop' || !isSteady(plan) || meanInFlight === undefined || requests === 0) return [];
  const ratio = meanInFlight / load.concurrency;
  const betweenMs = ((load.concurrency - meanInFlight) * steadyWindowMs) / requests;
  const isShort = betweenMs <= TURN_MS;
  const level = ratio >= NOTED_IN_FLIGHT_RATIO ? 'ok' : isShort || ratio >= MIN_IN_FLIGHT_RATIO ? 'note' : 'invalid';
  const hint = isShort
    ? `the server saw a lower load than asked: its answers are so short that the ${ms(betweenMs)} between two requests count`
    : `the server saw a lower load than asked: a client waited ${ms(betweenMs)} between two requests; did retries wait, or is this machine busy?`;
  return [
    {
      id: 'delivered-concurrency',
      level,
      text: `${Number(meanInFlight.toFixed(2))} of ${load.concurrency} requests were in flight on average (${percent(ratio)})`,
      hint: level === 'ok' ? undefined : hint,
    },
  ];
}

function achievedEntries({ arrivalsInWindow, sentInWindow }: ValidityInput): readonly ValidityEntry[] {
  if (arrivalsInWindow === 0) return [];
  const ratio = sentInWindow / arrivalsInWindow;
  const isLow = ratio < MIN_ACHIEVED_RATIO;
  return [
    {
      id: 'achieved-load',
      level: isLow ? 'invalid' : 'ok',
      text: `${sentInWindow} of ${arrivalsInWindow} due arrivals were sent (${percent(ratio)})`,
      hint: isLow ? 'the load was lower than asked: raise --max-in-flight, or lower --rate' : undefined,
    },
  ];
}

/** More than one of a hundred was late: for sure, or perhaps by chance. */
function dispatchDelayEntry({ dispatchDelay, ttft, countLate }: ValidityInput): ValidityEntry {
  const limitMs = Math.max(MIN_DISPATCH_LIMIT_MS, DISPATCH_TTFT_RATIO * (ttft.p50 ?? 0));
  const isLate = dispatchDelay.p99 !== undefined && dispatchDelay.p99 > limitMs;
  const late = isLate ? countLate(limitMs) : 0;
  const isSure = isLate && isSurelyAbove(LATE_RATIO, late, dispatchDelay.n);
  const seen = `${late} of ${dispatchDelay.n} were more than ${ms(limitMs)} late`;
  return {
    id: 'dispatch-delay',
    level: isSure ? 'invalid' : isLate ? 'note' : 'ok',
    text: `requests left ${ms(dispatchDelay.p50)} (p50), ${ms(dispatchDelay.p99)} (p99) after they were due`,
    hint: !isLate
      ? undefined
      : isSure
        ? `${seen}: this machine is too busy for the rate; lower it, or free some CPU`
        : `${seen}: so few that it may be chance; measure longer to know`,
  };
}

function droppedEntries({ dropped }: ValidityInput): readonly ValidityEntry[] {
  if (dropped === 0) return [];
  return [
    {
      id: 'dropped-arrivals',
      level: 'note',
      text: `${dropped} arrivals were dropped at the ceiling of requests in flight`,
      hint: 'the server does not keep up with this rate; raise --max-in-flight to see it queue',
    },
  ];
}
