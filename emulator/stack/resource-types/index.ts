import { apiGateway } from './api-gateway';
import { appConfig } from './app-config';
import { bedrock } from './bedrock';
import { compute } from './compute';
import { dns } from './dns';
import { identity } from './identity';
import { monitoring } from './monitoring';
import type { ResourceTypes } from './resource-type';
import { s3 } from './s3';
import { sageMaker } from './sagemaker';
import { storage } from './storage';
import { waf } from './waf';

/** What the local run emulates; data sources stand under `data.<type>`. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...apiGateway,
  ...appConfig,
  ...bedrock,
  ...compute,
  ...dns,
  ...identity,
  ...monitoring,
  ...s3,
  ...sageMaker,
  ...storage,
  ...waf,
};
