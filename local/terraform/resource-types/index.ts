import { apiGateway } from './api-gateway';
import { appConfig } from './app-config';
import { compute } from './compute';
import { dns } from './dns';
import { identity } from './identity';
import type { ResourceTypes } from './resource-type';
import { storage } from './storage';

/** What the local run acts out; data sources stand under `data.<type>`. */
export const RESOURCE_TYPES: ResourceTypes = {
  ...apiGateway,
  ...appConfig,
  ...compute,
  ...dns,
  ...identity,
  ...storage,
};
