/** A parsed JSON object of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The string, or undefined when it is empty or something else. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number from 0, or undefined. */
export function asCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** The object that a frame holds, or what is wrong with it. A list (Gemini's habit) stands for its first element. */
export function parseObject(json: string): Fields | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return `an event of ${json.length} characters is not JSON`;
  }
  return asObject(Array.isArray(value) ? value[0] : value) ?? 'an event is JSON, but not an object';
}
