/** A resource of the API that has methods. */
export interface Route<Method> {
  /** E.g. `/` or `/orders/{proxy+}`. */
  readonly path: string;
  /** By HTTP method, `ANY` among them. */
  readonly methods: ReadonlyMap<string, Method>;
}

/**
 * The method for a request: static parts of a path go before `{parameters}`, these before `{proxy+}`, and a
 * method by name before ANY. API Gateway ignores one slash at the end.
 */
export function matchRoute<Method>(
  routes: readonly Route<Method>[],
  path: string,
  httpMethod: string,
):
  | {
      readonly path: string;
      readonly parameters: Readonly<Record<string, string>>;
      readonly method: Method;
    }
  | undefined {
  const segments = path.slice(1).replace(/\/$/, '').split('/').map(decode);
  const [best] = routes
    .map((route) => ({ route, rank: rankOf(partsOf(route.path), segments) }))
    .filter((candidate): candidate is { route: Route<Method>; rank: string } => candidate.rank !== undefined)
    .sort((left, right) => (left.rank < right.rank ? -1 : 1));
  const method = best?.route.methods.get(httpMethod) ?? best?.route.methods.get('ANY');
  return (
    best && method && { path: best.route.path, parameters: parametersOf(best.route.path, segments), method }
  );
}

const partsOf = (path: string): readonly string[] => path.slice(1).split('/');

const parametersOf = (path: string, segments: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    partsOf(path).flatMap((part, index) => {
      const [, name, greedy] = /^\{([^+}]+)(\+?)\}$/.exec(part) ?? [];
      if (name === undefined) return [];
      return [[name, greedy === '+' ? segments.slice(index).join('/') : (segments[index] ?? '')]];
    }),
  );

/** How a path matches, the better the smaller: one letter for each part; undefined if it does not. */
function rankOf(parts: readonly string[], segments: readonly string[]): string | undefined {
  const greedy = parts.at(-1)?.endsWith('+}') === true;
  if (greedy ? segments.length < parts.length : segments.length !== parts.length) return undefined;
  const ranks = parts.map((part, index) => {
    const segment = segments[index];
    if (!part.startsWith('{')) return part === segment ? 'a' : undefined;
    if (segment === '') return undefined;
    return part.endsWith('+}') ? 'c' : 'b';
  });
  return ranks.includes(undefined) ? undefined : ranks.join('');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
