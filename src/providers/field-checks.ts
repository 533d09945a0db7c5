/** A URL, or what variables will say: that is seen when it is used. */
export function isAddress(address: string): boolean {
  if (/\$\{\w+\}|^os\.environ\//.test(address)) return true;
  return /^https?:\/\/./.test(address) && URL.canParse(address);
}

export function isJsonObject(value: unknown): boolean {
  return isPlain(value) && Object.values(value).every(isJsonValue);
}

/** What JSON can hold: no dates, no numbers beyond. */
export function isJsonValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJsonValue);
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean' || isJsonObject(value);
}

export function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
