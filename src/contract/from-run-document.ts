import type { Plan } from '../model/plan.ts';
import type { FailureKind, Instants, Outcome, RequestRecord, TokenEventKind } from '../model/record.ts';
import type { FinishReason } from '../model/stream-part.ts';
import type { Usage } from '../model/usage.ts';
import type { RequestDocument, RunDocument } from './run-document.ts';

/**
 * The records of a document, as far as it holds them: metrics come out as from the store. What it does not hold is the raw usage,
 * the number of keep-alives, and which cache writes were kept for an hour. Undefined without requests.
 */
export function recordsOf(document: RunDocument): readonly RequestRecord[] | undefined {
  return document.requests?.map((request) => recordOf(request, document.plan));
}

function askedOf(asked: RequestDocument['asked']): RequestRecord['asked'] {
  if (asked === null) return undefined;
  return {
    inputTokens: asked.inputTokens ?? undefined,
    outputTokens: asked.outputTokens ?? undefined,
    contextTokens: asked.contextTokens ?? undefined,
    conversation: asked.conversation ?? undefined,
    turn: asked.turn ?? undefined,
    turns: asked.turns ?? undefined,
  };
}

function recordOf(request: RequestDocument, plan: Plan): RequestRecord {
  const { connection, counted } = request;
  return {
    id: request.id,
    targetIndex: plan.targets.findIndex(
      ({ provider, model }) => provider === request.provider && model === request.model,
    ),
    phase: request.phase,
    promptIndex: request.promptIndex,
    promptName: request.promptName ?? undefined,
    asked: askedOf(request.asked ?? null),
    attempt: request.attempt,
    retryOf: request.retryOf ?? undefined,
    instants: instantsOf(request),
    connection: {
      isReused: connection.isReused ?? undefined,
      dnsMs: connection.dnsMs ?? undefined,
      tcpMs: connection.tcpMs ?? undefined,
      tlsMs: connection.tlsMs ?? undefined,
    },
    events: request.events.map((event) => ({
      ...event,
      kind: event.kind as TokenEventKind,
      tokens: event.tokens ?? undefined,
    })),
    isStreamed: request.isStreamed,
    usage: usageOf(request),
    counted:
      counted === null
        ? undefined
        : { ...counted, inputTokens: counted.input ?? undefined, outputTokens: counted.output ?? undefined },
    serverTimings: request.serverTimingsMs ?? undefined,
    finishReason: (request.finishReason as FinishReason | null) ?? undefined,
    modelAnswered: request.modelAnswered ?? undefined,
    keepAlives: 0,
    outcome: outcomeOf(request),
    text: request.text,
  };
}

function instantsOf(request: RequestDocument): Instants {
  return {
    scheduledAtMs: request.scheduledAtMs ?? undefined,
    startedAtMs: request.startedAtMs,
    socketAtMs: request.socketAtMs ?? undefined,
    sentAtMs: request.sentAtMs ?? undefined,
    headersAtMs: request.headersAtMs ?? undefined,
    firstChunkAtMs: request.firstChunkAtMs ?? undefined,
    firstTokenAtMs: request.firstTokenAtMs ?? undefined,
    firstOutputAtMs: request.firstOutputAtMs ?? undefined,
    lastTokenAtMs: request.lastTokenAtMs ?? undefined,
    toolNameAtMs: request.events.find(({ kind }) => kind === 'tool-name')?.atMs,
    toolArgumentsAtMs: request.events.findLast(({ kind }) => kind === 'tool-arguments')?.atMs,
    endedAtMs: request.endedAtMs,
  };
}

function usageOf({ tokens }: RequestDocument): Usage {
  return {
    inputTokens: tokens.input ?? undefined,
    cachedInputTokens: tokens.cached ?? undefined,
    cacheWriteInputTokens: tokens.cacheWrite ?? undefined,
    longCacheWriteInputTokens: undefined,
    // A count from elsewhere follows again from `counted` and the events.
    outputTokens: tokens.source === 'reported' ? (tokens.output ?? undefined) : undefined,
    reasoningTokens: tokens.reasoning ?? undefined,
    raw: undefined,
  };
}

function outcomeOf(request: RequestDocument): Outcome {
  const { failure } = request;
  if (failure !== null) {
    return {
      kind: 'failed',
      failure: {
        kind: failure.kind as FailureKind,
        message: failure.message,
        status: failure.status ?? undefined,
        code: failure.code ?? undefined,
        retryAfterMs: failure.retryAfterMs ?? undefined,
        excerpt: failure.excerpt ?? undefined,
      },
    };
  }
  return request.outcome === 'cancelled'
    ? { kind: 'cancelled', by: request.cancelledBy as 'plan' | 'user' | 'end' }
    : { kind: 'completed' };
}
