/** Runs a synthesized system in this process, and gives what reads it to tests and harnesses. */
export { LocalSystem, type LocalSystemOptions } from './system';
export { AcceleratedClock } from '../platform/clock';
export { ADDRESSES } from './failover/failover-name';
export { LocalMlops } from './mlops/local-mlops';
export type { BedrockMode } from './region/bedrock-mode';
export { AccessDeniedError, createAuthorizer, OPERATOR } from '../platform/policy/authorizer';
export { compileStatement, decide, wildcard } from '../platform/policy/policy';
export { error } from '../platform/faults/effects';
export { Faults } from '../platform/faults/faults';
export type { BackendResponse, InvokeWithResponseStream } from '../services/apigateway/http';
export { ApiMappings } from '../services/apigateway/rest-api';
export { AppConfig } from '../services/appconfig/appconfig';
export { createBedrock, type Bedrock } from '../services/bedrock-runtime/bedrock';
export { createModelCatalogue } from '../services/bedrock/model-access';
export { ModelBehaviours } from '../services/bedrock-runtime/model-behaviours';
export { type Answerer, standIn } from '../services/bedrock-runtime/answerer';
export { createIam } from '../services/iam/iam-api';
export { createServiceQuotas } from '../services/servicequotas/service-quotas';
export { DynamoDb } from '../services/dynamodb/dynamodb';
export { unpack, type CodePackage } from '../services/lambda/lambda-function';
export { functionConfiguration } from '../services/lambda/function-configuration';
export type { S3Options } from '../services/s3/s3';
export { createKms } from '../services/kms/kms';
export { createSts } from '../services/sts/sts';
export { evaluate } from '../stack/hcl/evaluate';
export { ExpressStateMachine } from '../services/states/express-state-machine';
export {
  LAMBDA_INVOKE,
  lambdaInvokeTask,
  PUT_METRIC_DATA,
  putMetricDataTask,
} from '../services/states/workflow';
export { LOCAL_SECRET } from '../stack/resolver';
export { UnsupportedError, type Resource } from '../stack/resource';
export { readStack, type Stack } from '../stack/stack';
export { stackDirectory } from '../stack/synthesized';
export { json, text } from '../stack/values';
