import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { parse, text } from '../../platform/http/constraints';
import { type Call, notFound, type Route } from './http';

const CHARACTERS = /^[a-zA-Z0-9\s._:/=+@-]*$/;
/** Tags of a resource: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 50;

export const tagsSchema = z.array(
  z.object({ key: text(1, 128, CHARACTERS), value: text(0, 256, CHARACTERS) }),
);

type TagList = z.output<typeof tagsSchema>;

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

const resourceARN = text(20, 1011);
const listSchema = z.object({ resourceARN });
const tagSchema = z.object({ resourceARN, tags: tagsSchema });
const untagSchema = z.object({ resourceARN, tagKeys: z.array(text(1, 128)).max(200) });

/** @param exists whether this account has a resource of this ARN */
export function tagRoutes(tags: Tags, exists: (arn: string) => boolean): readonly Route[] {
  const require = (call: Call, action: string, arn: string): void => {
    call.permit(action, arn);
    if (!exists(arn)) throw notFound('The resource', arn);
  };
  return [
    {
      method: 'POST',
      path: '/listTagsForResource',
      run: (call) => {
        const { resourceARN: arn } = parse(listSchema, call.body);
        require(call, 'bedrock:ListTagsForResource', arn);
        return { status: 200, body: { tags: tags.list(arn) } };
      },
    },
    {
      method: 'POST',
      path: '/tagResource',
      run: (call) => {
        const { resourceARN: arn, tags: added } = parse(tagSchema, call.body);
        require(call, 'bedrock:TagResource', arn);
        tags.add(arn, added);
        return { status: 200, body: {} };
      },
    },
    {
      method: 'POST',
      path: '/untagResource',
      run: (call) => {
        const { resourceARN: arn, tagKeys } = parse(untagSchema, call.body);
        require(call, 'bedrock:UntagResource', arn);
        tags.remove(arn, tagKeys);
        return { status: 200, body: {} };
      },
    },
  ];
}
