import { UnsupportedError, type Resource } from '../../stack/resource';
import { text } from '../../stack/values';

/** A resource of the API that has methods. */
export interface Route<Method> {
  /** E.g. `/` or `/orders/{proxy+}`. */
  readonly path: string;
  /** By HTTP method, `ANY` among them. */
  readonly methods: ReadonlyMap<string, Method>;
}

const PATH_PART = /^(?:[\w.~:+-]+|\{[\w.-]+\+?\})$/;

/**
 * The paths of the API's resources, by id.
 *
 * @param resources those of type `aws_api_gateway_resource`
 * @throws UnsupportedError for what API Gateway would not create
 */
export function resourcePaths(rootId: string, resources: readonly Resource[]): ReadonlyMap<string, string> {
  const paths = new Map([[rootId, '/']]);
  let open = resources;
  while (open.length > 0) {
    const [ready, waiting] = [true, false].map((known) =>
      open.filter((resource) => paths.has(text(resource, 'parent_id')) === known),
    ) as [Resource[], Resource[]];
    const [orphan] = waiting;
    if (ready.length === 0 && orphan !== undefined)
      throw new UnsupportedError(`${orphan.address}.parent_id`, 'is no resource of the API');
    for (const resource of ready) paths.set(text(resource, 'id'), pathOf(resource, paths));
    open = waiting;
  }
  return paths;
}

function pathOf(resource: Resource, paths: ReadonlyMap<string, string>): string {
  const parent = paths.get(text(resource, 'parent_id')) ?? '/';
  const part = text(resource, 'path_part');
  const path = `${parent === '/' ? '' : parent}/${part}`;
  if (!PATH_PART.test(part) || parent.endsWith('+}') || [...paths.values()].includes(path))
    throw new UnsupportedError(`${resource.address}.path_part`, `API Gateway would not create ${path}`);
  return path;
}

/**
 * The method for a request: static parts of a path go before `{parameters}`, these before `{proxy+}`, and a
 * method by name before ANY. API Gateway ignores one slash at the end.
 */
export function matchRoute<Method>(
  routes: readonly Route<Method>[],
  path: string,
  httpMethod: string,
): { readonly path: string; readonly method: Method } | undefined {
  const segments = path.slice(1).replace(/\/$/, '').split('/').map(decode);
  const [best] = routes
    .map((route) => ({ route, rank: rankOf(partsOf(route.path), segments) }))
    .filter((candidate): candidate is { route: Route<Method>; rank: string } => candidate.rank !== undefined)
    .sort((left, right) => (left.rank < right.rank ? -1 : 1));
  const method = best?.route.methods.get(httpMethod) ?? best?.route.methods.get('ANY');
  return best && method && { path: best.route.path, method };
}

const partsOf = (path: string): readonly string[] => path.slice(1).split('/');

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
