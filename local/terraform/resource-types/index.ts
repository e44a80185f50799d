import { apiGateway } from './api-gateway';
import { appConfig } from './app-config';
import { compute } from './compute';
import { dns } from './dns';
import { identity } from './identity';
import { monitoring } from './monitoring';
import type { ResourceTypes } from './resource-type';
import { scheduler } from './scheduler';
import { storage } from './storage';

/** What the local run acts out; data sources stand under `data.<type>`. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...apiGateway,
  ...appConfig,
  ...compute,
  ...dns,
  ...identity,
  ...monitoring,
  ...scheduler,
  ...storage,
};
