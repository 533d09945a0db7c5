/** `${NAME}` within a text stands for the value of that variable. */
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names of the variables that a text refers to, each once. */
export function referencesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(REFERENCE)].map(([, name = '']) => name))];
}

/** The text with the values of its variables, or the first one that is not set. */
export function expandReferences(
  text: string,
  environment: (name: string) => string | undefined,
): { readonly kind: 'expanded'; readonly text: string } | { readonly kind: 'missing'; readonly variable: string } {
  const missing = referencesIn(text).find((name) => environment(name) === undefined);
  if (missing !== undefined) return { kind: 'missing', variable: missing };
  return { kind: 'expanded', text: text.replaceAll(REFERENCE, (_, name: string) => environment(name) ?? '') };
}

/** Headers that carry nothing but secrets. */
const SECRET_HEADER = /^(?:proxy-)?authorization$|^cookie$|(?:^|[-_])(?:api[-_]?key|key|token|secret|password)$/i;
/** How providers begin their keys. */
const KEY_START =
  /^(?:(?:Bearer|Basic|Token)\s+)?(?:(?:sk|pk|rk|gsk|xai|hf|r8|nvapi|pplx|csk|fw|key|ghp|glpat)[-_]|AIza|AKIA|ASIA|eyJ|ya29\.)[\w.-]{8,}/;
const MIN_RANDOM_LENGTH = 20;

/** Whether a text that is to be written into a file is likely to be a key. What only refers to variables is none. */
export function looksLikeKey(text: string): boolean {
  const literal = text.replaceAll(REFERENCE, ' ').trim();
  return literal.split(/\s+/).some((word) => KEY_START.test(word) || looksRandom(word));
}

/** Whether a header is to be kept from a file and from the screen. */
export function isSecretHeader(name: string, value: string): boolean {
  const literal = value
    .replaceAll(REFERENCE, '')
    .replace(/^(?:Bearer|Basic|Token)\b/i, '')
    .trim();
  return (SECRET_HEADER.test(name) && literal !== '') || looksLikeKey(value);
}

/** A long piece of small letters, capitals and digits all in one: words, names of models and hexadecimal identifiers have none. */
function looksRandom(word: string): boolean {
  return word.split(/[^A-Za-z0-9]/).some((piece) => {
    const isMixed = /[a-z]/.test(piece) && /[A-Z]/.test(piece) && (piece.match(/\d/g)?.length ?? 0) >= 2;
    return piece.length >= MIN_RANDOM_LENGTH && isMixed;
  });
}
