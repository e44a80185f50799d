/** What the operator asked for, on standard output. */
export function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What happens meanwhile, on standard error, so that output can be piped. */
export function note(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}
