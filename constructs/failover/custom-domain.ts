import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { ApiGatewayBasePathMapping } from '@cdktf/provider-aws/lib/api-gateway-base-path-mapping';
import { ApiGatewayDomainName } from '@cdktf/provider-aws/lib/api-gateway-domain-name';
import type { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { Route53Record, type Route53RecordAlias } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';
import type { PartProps } from '../part-props';
import { refuse } from '../refuse';

export interface CustomDomainProps extends PartProps {
  readonly domainName: string;
  readonly stage: ApiGatewayStage;
}

/** Seconds that a resolver keeps the certificate's validation record. */
const VALIDATION_TTL_SECONDS = 300;

/** A name by which this region's API can be called, with its certificate; the DNS record is the failover's part. */
export class CustomDomain extends Construct {
  readonly domainName: string;
  readonly certificateArn: string;
  readonly domain: ApiGatewayDomainName;
  /** Where the name's record points to. */
  readonly aliasTarget: Route53RecordAlias;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CustomDomainProps,
  ) {
    super(scope, id);
    const { provider, domainName, stage } = props;
    this.domainName = domainName;
    this.certificateArn = this.createValidCertificate().certificateArn;
    this.domain = new ApiGatewayDomainName(this, 'default', {
      provider,
      domainName,
      regionalCertificateArn: this.certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
    });
    new ApiGatewayBasePathMapping(this, 'mapping', {
      provider,
      apiId: stage.restApiId,
      stageName: stage.stageName,
      domainName: this.domain.domainName,
    });
    this.aliasTarget = {
      name: this.domain.regionalDomainName,
      zoneId: this.domain.regionalZoneId,
      // It brings nothing for API Gateway (AWS's own words): the health check decides.
      evaluateTargetHealth: false,
    };
  }

  private createValidCertificate(): AcmCertificateValidation {
    const { provider, config, domainName } = this.props;
    const certificate = new AcmCertificate(this, 'certificate', {
      provider,
      domainName,
      validationMethod: 'DNS',
      lifecycle: { createBeforeDestroy: true, ...refuse(placeholderFault(domainName)) },
    });
    const option = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, 'validation_record', {
      provider,
      zoneId: config.domain.hostedZoneId,
      name: option.resourceRecordName,
      type: option.resourceRecordType,
      records: [option.resourceRecordValue],
      ttl: VALIDATION_TTL_SECONDS,
      // One name has one validation record in an account, so the other region's stack writes the same.
      allowOverwrite: true,
    });
    return new AcmCertificateValidation(this, 'validation', {
      provider,
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    });
  }
}

/** Names reserved for documentation and tests (RFC 2606, RFC 6761), which nobody can own. */
const RESERVED = /(^|\.)(example\.(com|net|org)|example|invalid|test|localhost|local)$/;

/** A certificate for such a name waits in vain, and ACM gives up after 75 minutes. */
const placeholderFault = (domainName: string): string | undefined =>
  RESERVED.test(domainName)
    ? `${domainName} is a placeholder that nobody can own, so its certificate would never be issued. ` +
      'Set context.assistant.domain in cdktf.json to names in a hosted zone of yours.'
    : undefined;
