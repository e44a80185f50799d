import type { AppConfigResources } from '../resources';

/** The ARNs that IAM asks about. Source: Service Authorization Reference, "AWS AppConfig". */
export interface Arns {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  readonly strategy: (id: string) => string;
  readonly version: (number: number) => string;
  readonly deployment: (number: number) => string;
}

export function arnsOf({ region, accountId, application, environment, profile }: AppConfigResources): Arns {
  const service = `arn:aws:appconfig:${region}:${accountId}`;
  const inApplication = `${service}:application/${application.id}`;
  const ofEnvironment = `${inApplication}/environment/${environment.id}`;
  const ofProfile = `${inApplication}/configurationprofile/${profile.id}`;
  return {
    application: inApplication,
    environment: ofEnvironment,
    profile: ofProfile,
    strategy: (id) => `${service}:deploymentstrategy/${id}`,
    version: (number) => `${ofProfile}/hostedconfigurationversion/${number}`,
    deployment: (number) => `${ofEnvironment}/deployment/${number}`,
  };
}
