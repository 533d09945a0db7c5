/** The parts of the address that is looked at. */
export interface ProbePlace {
  /** Without the path that belongs to a family. */
  readonly root: string;
  /** Where an OpenAI-like server has its paths, the likeliest first. */
  readonly openaiBases: readonly string[];
}

/** The parts of a URL without query; whatever family's path it ends with is taken off. */
export function placeOf(url: string): ProbePlace {
  const bare = url.replace(/\/+$/, '').replace(METHOD, '');
  const version = /\/v\d+(?:beta|alpha)?$/.exec(bare)?.[0] ?? '';
  const root = bare.slice(0, bare.length - version.length);
  // Those of Gemini and Cohere are not OpenAI's.
  const isOpenai = /^\/v\d+$/.test(version) && version !== '/v2';
  return { root, openaiBases: isOpenai ? [bare] : [`${root}/v1`, root] };
}

/** Ends of paths that a family has, the longer first. */
const METHOD = new RegExp(
  `(?:${[
    '/v2/models/[^/]+(?:/versions/[^/]+)?(?:/(?:generate|generate_stream|infer))?',
    '/models/[^/]+:(?:stream)?[gG]enerateContent',
    '/chat/completions',
    '/(?:completions?|responses|messages|models|chat)',
    '/api(?:/(?:chat|generate|tags|version))?',
    '/generate(?:_stream)?',
    '/(?:props|info|health)',
  ].join('|')})$`,
);
