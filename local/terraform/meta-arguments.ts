import { UnsupportedError } from './resource';

type Body = Readonly<Record<string, unknown>>;

/** What orders and protects changes of a deployed system; a local run starts from nothing every time. */
const IGNORED = new Set(['//', 'depends_on', 'provider']);
const LIFECYCLE = new Set([
  'create_before_destroy',
  'ignore_changes',
  'prevent_destroy',
  'replace_triggered_by',
]);
/** Would change which resources there are, or run commands. */
const REFUSED = new Set(['count', 'for_each', 'provisioner', 'connection']);

/**
 * The arguments of a resource without Terraform's own
 * (https://developer.hashicorp.com/terraform/language/meta-arguments).
 * @param provider the reference that every AWS resource has to name
 */
export function withoutMetaArguments(address: string, body: Body, provider: string): Body {
  if (/^(data\.)?aws_/.test(address) && body.provider !== provider) {
    throw new UnsupportedError(`${address}.provider`, `is not the stack's own provider "${provider}"`);
  }
  for (const setting of lifecycleSettings(body.lifecycle)) {
    if (!LIFECYCLE.has(setting)) {
      throw new UnsupportedError(`${address}.lifecycle.${setting}`, 'not acted out locally');
    }
  }
  const refused = Object.keys(body).find((argument) => REFUSED.has(argument));
  if (refused !== undefined) throw new UnsupportedError(`${address}.${refused}`, 'not acted out locally');
  return Object.fromEntries(
    Object.entries(body).filter(
      ([argument, value]) => value !== null && argument !== 'lifecycle' && !IGNORED.has(argument),
    ),
  );
}

const lifecycleSettings = (lifecycle: unknown): readonly string[] =>
  [lifecycle ?? []].flat().flatMap((block: unknown) => Object.keys(block ?? {}));
