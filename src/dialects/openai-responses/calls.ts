/** Numbers the tool calls of one answer from 0. */
export interface CallBook {
  /** An item has begun: a call of its own, unless its id is known. */
  open(id: string | undefined, index: number | undefined): number;
  /** A piece of a call, or its end. It may be the first that is heard of it. */
  find(id: string | undefined, index: number | undefined): number;
}

/**
 * Events belong to a call by the item's id, else by `output_index`: some gateways make up a new id for every event, others give no
 * index. What has neither goes on with the last call.
 */
export function createCallBook(): CallBook {
  const numbers = new Map<string, number>();
  let count = 0;
  const numberOf = (idKey: string | undefined, placeKey: string, isNew: boolean): number => {
    const byId = idKey === undefined ? undefined : numbers.get(idKey);
    const call = byId ?? (isNew ? undefined : numbers.get(placeKey)) ?? count++;
    for (const key of [idKey ?? placeKey, placeKey, LAST]) numbers.set(key, call);
    return call;
  };
  const idKeyOf = (id: string | undefined): string | undefined => (id === undefined ? undefined : `id/${id}`);
  const placeKeyOf = (index: number | undefined): string => (index === undefined ? LAST : `at/${index}`);
  return {
    open: (id, index) => numberOf(idKeyOf(id), placeKeyOf(index), true),
    find: (id, index) => numberOf(idKeyOf(id), placeKeyOf(index), false),
  };
}

const LAST = 'last';
