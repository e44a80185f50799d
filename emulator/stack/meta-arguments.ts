import { UnsupportedError } from './resource';
import { blocks, flag, optionalBlock, text } from './values';

type Body = Readonly<Record<string, unknown>>;

/** What orders and protects changes of a deployed system; a local run starts from nothing every time. */
const IGNORED = new Set(['//', 'depends_on', 'provider']);
const LIFECYCLE = new Set([
  'create_before_destroy',
  'ignore_changes',
  // It asks what AWS has answered.
  'postcondition',
  'precondition',
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
  const setting = Object.keys(lifecycleOf(body)).find((name) => !LIFECYCLE.has(name));
  if (setting !== undefined) {
    throw new UnsupportedError(`${address}.lifecycle.${setting}`, 'not emulated');
  }
  const refused = Object.keys(body).find((argument) => REFUSED.has(argument));
  if (refused !== undefined) throw new UnsupportedError(`${address}.${refused}`, 'not emulated');
  return Object.fromEntries(
    Object.entries(body).filter(
      ([argument, value]) => value !== null && argument !== 'lifecycle' && !IGNORED.has(argument),
    ),
  );
}

/**
 * Checks a resource's preconditions as `terraform plan` would.
 * @param evaluate resolves a value of the stack; the second argument is its place, for errors
 * @throws Error with the precondition's own message
 */
export function checkPreconditions(
  address: string,
  body: Body,
  evaluate: (value: unknown, where: string) => unknown,
): void {
  const where = `${address}.lifecycle`;
  for (const precondition of blocks({ address: where, values: lifecycleOf(body) }, 'precondition')) {
    const values = evaluate(precondition.values, precondition.address) as Body;
    if (flag({ ...precondition, values }, 'condition')) continue;
    throw new Error(`${precondition.address}: ${text({ ...precondition, values }, 'error_message')}`);
  }
}

const lifecycleOf = (body: Body): Body =>
  optionalBlock({ address: 'lifecycle', values: body }, 'lifecycle')?.values ?? {};
