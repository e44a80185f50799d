import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import { parse, text } from '../../platform/http/constraints';
import { notFound, type Route } from './http';

const CHARACTERS = /^[a-zA-Z0-9\s._:/=+@-]*$/;
/** Tags of a resource: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const MAX_TAGS = 50;

export const tagsSchema = z.array(
  z.object({ key: text(1, 128, CHARACTERS), value: text(0, 256, CHARACTERS) }),
);

type TagList = z.output<typeof tagsSchema>;

/** The tags that resources were made with, by ARN. */
export type Tags = Map<string, TagList>;

/**
 * Checks tags before the resource that is to have them is made.
 * @throws AwsError TooManyTagsException
 */
export function requireTags({ length }: TagList, resourceName: string): void {
  if (length <= MAX_TAGS) return;
  throw new AwsError(400, 'TooManyTagsException', `${length} tags; a resource has ${MAX_TAGS} at most.`, {
    resourceName,
  });
}

const listSchema = z.object({ resourceARN: text(20, 1011) });

/** @param exists whether this account has a resource of this ARN */
export const tagRoute = (all: Tags, exists: (arn: string) => boolean): Route => ({
  method: 'POST',
  path: '/listTagsForResource',
  run: (call) => {
    const { resourceARN: arn } = parse(listSchema, call.body);
    call.permit('bedrock:ListTagsForResource', arn);
    if (!exists(arn)) throw notFound('The resource', arn);
    // Of two with one key, the later one counts.
    const tags = [...new Map((all.get(arn) ?? []).map((tag) => [tag.key, tag])).values()];
    return { status: 200, body: { tags } };
  },
});
