import { z } from 'zod';
import { AwsError } from '../../../platform/http/aws-error';
import { text } from '../../../platform/http/constraints';

const CHARACTERS = /^[a-zA-Z0-9\s._:/=+@-]*$/;
/** Tags of a resource: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 50;

export const tagsSchema = z.array(
  z.object({ key: text(1, 128, CHARACTERS), value: text(0, 256, CHARACTERS) }),
);

export type TagList = z.output<typeof tagsSchema>;

/** The tags of all resources, by ARN. */
export class Tags {
  private readonly byArn = new Map<string, ReadonlyMap<string, string>>();

  /**
   * Adds tags; those of a key that there is already replace it.
   * @throws AwsError TooManyTagsException
   */
  add(arn: string, tags: TagList): void {
    const all = new Map([...(this.byArn.get(arn) ?? []), ...requireTags(tags, arn)]);
    requireCount(all.size, arn);
    this.byArn.set(arn, all);
  }

  remove(arn: string, keys: readonly string[]): void {
    this.byArn.set(arn, new Map([...(this.byArn.get(arn) ?? [])].filter(([key]) => !keys.includes(key))));
  }

  list(arn: string): TagList {
    return [...(this.byArn.get(arn) ?? [])].map(([key, value]) => ({ key, value }));
  }

  forget(arn: string): void {
    this.byArn.delete(arn);
  }
}

/**
 * Checks tags before the resource that is to have them is made.
 * @throws AwsError TooManyTagsException
 */
export function requireTags(tags: TagList, resourceName: string): [string, string][] {
  requireCount(tags.length, resourceName);
  return tags.map(({ key, value }) => [key, value]);
}

function requireCount(count: number, resourceName: string): void {
  if (count <= MAX_TAGS) return;
  throw new AwsError(400, 'TooManyTagsException', `${count} tags; a resource has ${MAX_TAGS} at most.`, {
    resourceName,
  });
}
