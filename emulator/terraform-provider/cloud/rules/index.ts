import { apiGateway } from './api-gateway';
import { appConfig } from './app-config';
import { bedrock } from './bedrock';
import { compute } from './compute';
import { dns } from './dns';
import { identity } from './identity';
import { monitoring } from './monitoring';
import type { Rules } from './rule';
import { s3 } from './s3';

/** Types that are not named here keep what they are told, and refuse nothing. */
export const RULES: Rules = {
  ...apiGateway,
  ...appConfig,
  ...bedrock,
  ...compute,
  ...dns,
  ...identity,
  ...monitoring,
  ...s3,
};
