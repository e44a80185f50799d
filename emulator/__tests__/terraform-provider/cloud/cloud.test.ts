import { describeWithTerraform, TERRAFORM_TIMEOUT, Workspace } from '../terraform';

const ZONE = { hostedZones: { ZONE: 'example.org' } };
const text = (output: string) => output.replace(/\s+/g, ' ');

describeWithTerraform('what AWS would refuse, through the real Terraform', () => {
  let workspace: Workspace;
  const open = (settings?: ConstructorParameters<typeof Workspace>[0]) =>
    (workspace = new Workspace(settings));
  afterEach(() => {
    workspace.remove();
  });

  const checks = (requestInterval: number, lifecycle = {}) => ({
    aws_route53_health_check: {
      child: { type: 'HTTPS', fqdn: 'example.org', port: 443, request_interval: requestInterval, lifecycle },
      parent: {
        type: 'CALCULATED',
        child_healthchecks: ['${aws_route53_health_check.child.id}'],
        child_health_threshold: 1,
      },
    },
  });

  test(
    'a name that its service does not take is refused before anything is planned',
    async () => {
      open();
      const named = (length: number) => ({
        aws_appconfig_application: { app: { name: 'a'.repeat(length) } },
      });
      expect((await workspace.apply(named(64))).code).toBe(0);
      const { code, output } = await workspace.apply(named(65));
      expect(text(output)).toContain('expected length of name to be in the range (1 - 64)');
      expect(code).toBe(1);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a health check that a calculated one refers to is not deleted: its replacement has to come first',
    async () => {
      open();
      expect((await workspace.apply(checks(10))).code).toBe(0);
      const refused = await workspace.apply(checks(30));
      expect(text(refused.output)).toContain('HealthCheckInUse');
      const replaced = await workspace.apply(checks(30, { create_before_destroy: true }));
      expect(replaced.output).toContain('1 added, 1 changed, 1 destroyed');
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a certificate is issued only when its record is in its hosted zone, and serves no domain before',
    async () => {
      open(ZONE);
      const certificate = (zone: string) => ({
        aws_acm_certificate: { site: { domain_name: 'www.example.org', validation_method: 'DNS' } },
        aws_route53_record: {
          validation: {
            zone_id: zone,
            name: '${tolist(aws_acm_certificate.site.domain_validation_options)[0].resource_record_name}',
            type: 'CNAME',
            ttl: 300,
            records: [
              '${tolist(aws_acm_certificate.site.domain_validation_options)[0].resource_record_value}',
            ],
          },
        },
        aws_acm_certificate_validation: {
          site: {
            certificate_arn: '${aws_acm_certificate.site.arn}',
            validation_record_fqdns: ['${aws_route53_record.validation.fqdn}'],
          },
        },
        aws_api_gateway_domain_name: {
          site: {
            domain_name: 'www.example.org',
            regional_certificate_arn: '${aws_acm_certificate_validation.site.certificate_arn}',
            endpoint_configuration: { types: ['REGIONAL'] },
          },
        },
      });
      expect(text((await workspace.apply(certificate('OTHER'))).output)).toContain('NoSuchHostedZone');
      // The zone's name is appended to a name that lies outside of it.
      workspace.under({ hostedZones: { ZONE: 'example.com' } });
      expect(text((await workspace.apply(certificate('ZONE'))).output)).toMatch(
        /to be issued: timeout .* no hosted zone has the record/,
      );
      expect((await workspace.terraform(['destroy', '-auto-approve'], certificate('ZONE'))).code).toBe(0);
      workspace.under(ZONE);
      expect((await workspace.apply(certificate('ZONE'))).output).toContain('4 added');
      expect((await workspace.plan(certificate('ZONE'))).code).toBe(0);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a name too long for a certificate, a table that is protected and a record that is there are refused',
    async () => {
      open(ZONE);
      const resources = (more: object, protectedTable = true) => ({
        aws_dynamodb_table: {
          kept: {
            name: 'kept',
            billing_mode: 'PAY_PER_REQUEST',
            hash_key: 'id',
            attribute: [{ name: 'id', type: 'S' }],
            deletion_protection_enabled: protectedTable,
          },
        },
        aws_route53_record: {
          first: { zone_id: 'ZONE', name: 'www.example.org', type: 'A', ttl: 60, records: ['192.0.2.1'] },
          ...more,
        },
      });
      expect((await workspace.apply(resources({}))).code).toBe(0);
      const twin = { zone_id: 'ZONE', name: 'www.example.org', type: 'A', ttl: 60, records: ['192.0.2.2'] };
      expect(text((await workspace.apply(resources({ twin }))).output)).toContain('but it already exists');
      const long = { aws_acm_certificate: { long: { domain_name: `${'a'.repeat(60)}.example.org` } } };
      const { output } = await workspace.apply({ ...resources({}), ...long });
      expect(text(output)).toContain('no longer than 64 characters');
      const kept = await workspace.terraform(['destroy', '-auto-approve'], resources({}));
      expect(text(kept.output)).toContain('protected against deletion');
      expect((await workspace.apply(resources({}, false))).code).toBe(0);
      expect((await workspace.terraform(['destroy', '-auto-approve'], resources({}, false))).code).toBe(0);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a bucket that is not empty is not deleted, unless Terraform is to empty it',
    async () => {
      open({ bucketsHaveObjects: true });
      const bucket = (more: object) => ({ aws_s3_bucket: { data: { bucket: 'data-of-a-test', ...more } } });
      const destroy = (more: object) => workspace.terraform(['destroy', '-auto-approve'], bucket(more));
      await workspace.apply(bucket({}));
      expect(text((await destroy({})).output)).toContain('BucketNotEmpty');
      await workspace.apply(bucket({ force_destroy: true }));
      expect((await destroy({ force_destroy: true })).output).toContain('1 destroyed');
    },
    TERRAFORM_TIMEOUT,
  );

  test.each([
    {
      what: 'a model package group that has packages',
      resources: { aws_sagemaker_model_package_group: { tuned: { model_package_group_name: 'tuned' } } },
      used: { groupsWithPackages: ['tuned'] },
      refusal: 'ConflictException',
      others: { groupsWithPackages: ['other'] },
    },
    {
      what: 'a configuration profile of which others have made versions',
      resources: {
        aws_appconfig_application: { app: { name: 'app' } },
        aws_appconfig_configuration_profile: {
          rules: {
            application_id: '${aws_appconfig_application.app.id}',
            name: 'rules',
            location_uri: 'hosted',
          },
        },
      },
      used: { versionsOfOperators: ['us-east-1'] },
      refusal: 'there are still hosted configuration versions',
      others: { versionsOfOperators: ['us-west-2'] },
    },
  ])(
    '$what is not deleted before those are',
    async ({ resources, used, refusal, others }) => {
      open();
      await workspace.apply(resources);
      const destroy = () => workspace.terraform(['destroy', '-auto-approve'], resources);
      workspace.under(used);
      expect(text((await destroy()).output)).toContain(refusal);
      workspace.under(others);
      expect((await destroy()).output).toContain(`${Object.keys(resources).length} destroyed`);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a replica that is protected is not taken away, not even by the change that ends its protection',
    async () => {
      open();
      const table = (regionName: string, isProtected: boolean) => ({
        aws_dynamodb_table: {
          kept: {
            name: 'kept',
            billing_mode: 'PAY_PER_REQUEST',
            hash_key: 'id',
            attribute: [{ name: 'id', type: 'S' }],
            stream_enabled: true,
            stream_view_type: 'NEW_AND_OLD_IMAGES',
            replica: [{ region_name: regionName, deletion_protection_enabled: isProtected }],
          },
        },
      });
      const refusal =
        'Cannot delete table kept in region us-west-2 because it has deletion protection enabled';
      expect((await workspace.apply(table('us-west-2', true))).code).toBe(0);
      expect(text((await workspace.apply(table('us-east-2', true))).output)).toContain(refusal);
      expect(text((await workspace.apply(table('us-east-2', false))).output)).toContain(refusal);
      const destroy = () => workspace.terraform(['destroy', '-auto-approve'], table('us-west-2', true));
      expect(text((await destroy()).output)).toContain(refusal);
      expect((await workspace.apply(table('us-west-2', false))).code).toBe(0);
      expect((await workspace.apply(table('us-east-2', false))).code).toBe(0);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'a bucket’s encryption that does not name SSE-C as blocked has a difference for ever',
    async () => {
      open();
      const bucket = (more: object) => ({
        aws_s3_bucket: { data: { bucket: 'data-of-a-test' } },
        aws_s3_bucket_server_side_encryption_configuration: {
          data: {
            bucket: '${aws_s3_bucket.data.bucket}',
            rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms' }, ...more }],
          },
        },
      });
      for (let time = 0; time < 2; time += 1) {
        await workspace.apply(bucket({}));
        expect((await workspace.plan(bucket({}))).output).toContain('0 to add, 1 to change, 0 to destroy');
      }
      await workspace.apply(bucket({ blocked_encryption_types: ['SSE-C'] }));
      expect((await workspace.plan(bucket({ blocked_encryption_types: ['SSE-C'] }))).code).toBe(0);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'an API is imported or refused; a deployment takes what is there, methods with their integrations',
    async () => {
      open();
      const mock = { type: 'mock', responses: { default: { statusCode: '200' } } };
      const api = (operation: object, version = '3.0.1') => ({
        aws_api_gateway_rest_api: {
          api: {
            name: 'api',
            body: JSON.stringify({
              openapi: version,
              info: { title: 'api', version: '1' },
              paths: { '/': { get: { responses: { 200: { description: '' } }, ...operation } } },
            }),
          },
        },
        aws_api_gateway_deployment: { api: { rest_api_id: '${aws_api_gateway_rest_api.api.id}' } },
      });
      expect(text((await workspace.apply(api({}, '3.1.0'))).output)).toContain('Errors found during import');
      expect(text((await workspace.apply(api({}))).output)).toContain('No integration defined for method');
      const whole = api({ 'x-amazon-apigateway-integration': mock });
      expect((await workspace.apply(whole)).code).toBe(0);
    },
    TERRAFORM_TIMEOUT,
  );

  test(
    'while us-east-1 is out, a plan fails on what it refreshes there',
    async () => {
      open();
      const trust = { Version: '2012-10-17', Statement: [] };
      const roles = { aws_iam_role: { one: { name: 'one', assume_role_policy: JSON.stringify(trust) } } };
      await workspace.apply(roles);
      workspace.under({ failures: ['aws_iam_role.*=read:9'] });
      expect((await workspace.plan(roles)).output).toContain('reading aws_iam_role (one): InternalFailure');
    },
    TERRAFORM_TIMEOUT,
  );
});
