import type { Sanitizer } from '../model/sanitizer.ts';

const MASK = '***';

/** Shorter strings are too likely to be a part of ordinary words. */
const MIN_SECRET_LENGTH = 4;

/** One line on a terminal, with some patience. */
const MAX_LINE_CHARS = 300;

/**
 * Replaces each secret, also where it stands URL-encoded, JSON-escaped or in base64, and whatever follows `Bearer ` or looks like
 * a key (`sk-…`), since servers echo keys that are not ours too.
 */
export function createSanitizer(secrets: readonly string[]): Sanitizer {
  const forms = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64(secret)])
    .sort((a, b) => b.length - a.length);
  const unique = [...new Set(forms)];
  const text = (raw: string): string => {
    let clean = raw;
    for (const form of unique) clean = clean.replaceAll(form, MASK);
    return clean
      .replaceAll(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=*-]{4,}/gi, `$1 ${MASK}`)
      .replaceAll(/\b(?:sk|pk|gsk|xai|hf|AIza)[-_][A-Za-z0-9_-]{8,}/g, MASK);
  };
  return {
    text,
    line(raw) {
      // Cleaned before it is cut, so that no half of a key is left.
      // Control characters of a server must not reach a terminal.
      const line = text(raw)
        .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
        .trim();
      return line.length <= MAX_LINE_CHARS ? line : `${line.slice(0, MAX_LINE_CHARS - 1)}…`;
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
