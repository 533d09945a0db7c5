import type { Sanitizer } from '../model/sanitizer.ts';

const MASK = '***';

/** Shorter strings are too likely to be a part of ordinary words. */
const MIN_SECRET_LENGTH = 4;

/** Shorter pieces of base64 may stand in other texts by chance. */
const MIN_BASE64_LENGTH = 8;

/** One line on a terminal, with some patience. */
const MAX_LINE_CHARS = 300;

/**
 * Replaces each secret, also where it stands URL-encoded, JSON-escaped or in base64, and whatever follows `Bearer ` or looks like
 * a key (`sk-…`), since servers echo keys that are not ours too.
 */
export function createSanitizer(secrets: readonly string[]): Sanitizer {
  const forms = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, ...urlForms(secret), ...jsonForms(secret), ...base64Forms(secret)])
    .sort((a, b) => b.length - a.length);
  const unique = [...new Set(forms)];
  const text = (raw: string): string => {
    let clean = raw;
    for (const form of unique) clean = clean.replaceAll(form, MASK);
    return clean
      .replaceAll(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=*-]{4,}/gi, `$1 ${MASK}`)
      .replaceAll(/\b(?:(?:sk|pk|gsk|xai|hf)[-_]|AIza)[A-Za-z0-9_-]{8,}/g, MASK);
  };
  return {
    text,
    line(raw) {
      // Cleaned before it is cut, so that no half of a key is left.
      // Control characters of a server must not reach a terminal.
      const line = text(raw)
        .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
        .trim();
      return line.length <= MAX_LINE_CHARS ? line : `${cut(line, MAX_LINE_CHARS - 1)}…`;
    },
  };
}

/** At most so many UTF-16 units, and never half of a character. */
export function cut(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '');
}

/** Servers write the digits of `%2F` in either case. */
function urlForms(secret: string): readonly string[] {
  const form = encodeURIComponent(secret);
  return [form, form.replaceAll(/%../g, (code) => code.toLowerCase())];
}

/** PHP escapes slashes too. */
function jsonForms(secret: string): readonly string[] {
  const form = JSON.stringify(secret).slice(1, -1);
  return [form, form.replaceAll('/', '\\/')];
}

/** Alone, and wherever it may begin within a longer text (`user:key`): without the characters that its neighbours have a share in. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const within = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([new Uint8Array(offset), bytes]);
    return whole.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((whole.length * 8) / 6));
  });
  const forms = [bytes.toString('base64'), ...within.filter((form) => form.length >= MIN_BASE64_LENGTH)];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}
