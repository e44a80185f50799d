import { createHash } from 'node:crypto';

/**
 * Names a configuration by its content: AppConfig's data plane tells no version number, and a label only where
 * somebody set one.
 * @returns 12 hexadecimal digits
 */
export function contentVersion(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
