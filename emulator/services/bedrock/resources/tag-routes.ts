import { z } from 'zod';
import { parse, text } from '../../../platform/http/constraints';
import { notFound } from '../http/errors';
import type { Call, Route } from '../http/router';
import { tagsSchema, type Tags } from './tags';

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
