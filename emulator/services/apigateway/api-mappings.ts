import { UnsupportedError, type Resource } from '../../stack/resource';
import { text } from '../../stack/values';
import type { ApiRequest, ApiResponse } from './http';
import { RestApi, type RestApiOptions } from './rest-api';
import { keyOf } from './stage';
import { accountBucket } from './throttle';

/** One API behind a key of a custom domain: paths that begin with the key are the API's. */
interface Mapping {
  readonly key: string;
  readonly domain: string;
  readonly api: RestApi;
}

/**
 * The regional REST APIs of a stack, behind its custom domains: the one that is mapped without a key, and those whose
 * key is a path's first part. A domain has its own mappings, while a request to an address may use those of all.
 */
export class ApiMappings {
  private readonly root: RestApi;
  private readonly mappings: readonly Mapping[];
  private readonly domains: readonly string[];

  /** @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy */
  constructor(options: RestApiOptions) {
    const ofType = (type: string) => options.resources.filter((resource) => resource.type === type);
    const keyed = ofType('aws_apigatewayv2_api_mapping');
    const account = accountBucket(options.now ?? Date.now);
    const create = (apiId: string) => {
      const resources = options.resources.filter((resource) => isOf(apiId, resource));
      return new RestApi({ ...options, account, resources });
    };
    this.mappings = keyed.map((mapping) => ({
      key: keyOf(mapping),
      domain: text(mapping, 'domain_name'),
      api: create(text(mapping, 'api_id')),
    }));
    this.domains = ofType('aws_api_gateway_domain_name').map((domain) => text(domain, 'domain_name'));
    const others = ofType('aws_api_gateway_rest_api').filter(
      ({ values }) => !keyed.some((mapping) => mapping.values.api_id === values.id),
    );
    const [root] = others;
    if (root === undefined || others.length > 1) {
      throw new UnsupportedError(
        'aws_api_gateway_rest_api',
        'one REST API is emulated beside those with a key',
      );
    }
    this.root = create(text(root, 'id'));
  }

  async handle(request: ApiRequest): Promise<ApiResponse> {
    const [, first = ''] = request.path.split('/', 2);
    const host = request.headers.host?.split(':')[0] ?? '';
    const mapping = this.mappings.find(
      ({ key, domain }) => key === first && (host === domain || !this.domains.includes(host)),
    );
    return (mapping?.api ?? this.root).handle(request);
  }
}

/** What is no API's own is everybody's. */
function isOf(apiId: string, { type, values }: Resource): boolean {
  const owner =
    type === 'aws_api_gateway_rest_api' ? values.id : (values.rest_api_id ?? values.api_id ?? apiId);
  return owner === apiId;
}
