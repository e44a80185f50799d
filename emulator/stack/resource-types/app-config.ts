import { text, type Addressed } from '../values';
import { emulated, noLocalMeaning, type Placement, type ResourceTypes } from './resource-type';

/** AppConfig's ids are 7 characters: https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_Application.html */
const ID_LENGTH = 7;

const arn = ({ region, account }: Placement, ...path: readonly string[]) =>
  `arn:aws:appconfig:${region}:${account}:${path.join('/')}`;

const inApplication = (of: Addressed, placement: Placement, ...path: readonly string[]) =>
  arn(placement, 'application', text(of, 'application_id'), ...path);

export const appConfig: ResourceTypes = {
  aws_appconfig_application: {
    arguments: { ...emulated('name'), ...noLocalMeaning('description', 'tags') },
    computed: (_, placement) => {
      const id = placement.id(ID_LENGTH);
      return { id, arn: arn(placement, 'application', id) };
    },
  },
  aws_appconfig_environment: {
    arguments: {
      ...emulated('application_id', 'name'),
      monitor: emulated('alarm_arn', 'alarm_role_arn'),
      ...noLocalMeaning('description', 'tags'),
    },
    computed: (of, placement) => {
      const environment = placement.id(ID_LENGTH);
      return {
        id: `${environment}:${text(of, 'application_id')}`,
        environment_id: environment,
        arn: inApplication(of, placement, 'environment', environment),
      };
    },
  },
  aws_appconfig_configuration_profile: {
    arguments: {
      ...emulated('application_id', 'name', 'location_uri', 'type'),
      validator: emulated('type', 'content'),
      ...noLocalMeaning('description', 'tags'),
    },
    computed: (of, placement) => {
      const profile = placement.id(ID_LENGTH);
      return {
        id: `${profile}:${text(of, 'application_id')}`,
        configuration_profile_id: profile,
        arn: inApplication(of, placement, 'configurationprofile', profile),
      };
    },
  },
  aws_appconfig_hosted_configuration_version: {
    arguments: {
      ...emulated('application_id', 'configuration_profile_id', 'content', 'content_type', 'description'),
    },
    computed: (of, placement) => {
      const profile = text(of, 'configuration_profile_id');
      return {
        id: `${text(of, 'application_id')}/${profile}/1`,
        version_number: 1,
        arn: inApplication(of, placement, 'configurationprofile', profile, 'hostedconfigurationversion', '1'),
      };
    },
  },
  aws_appconfig_deployment_strategy: {
    arguments: {
      ...emulated('name', 'deployment_duration_in_minutes', 'final_bake_time_in_minutes'),
      ...emulated('growth_factor', 'growth_type'),
      ...noLocalMeaning('description', 'replicate_to', 'tags'),
    },
    computed: (_, placement) => {
      const id = placement.id(ID_LENGTH);
      return { id, arn: arn(placement, 'deploymentstrategy', id) };
    },
  },
  aws_appconfig_deployment: {
    arguments: {
      ...emulated('application_id', 'environment_id', 'configuration_profile_id'),
      ...emulated('configuration_version', 'deployment_strategy_id'),
      ...noLocalMeaning('description', 'tags'),
    },
    computed: (of, placement) => {
      const environment = text(of, 'environment_id');
      return {
        id: `${text(of, 'application_id')}/${environment}/1`,
        deployment_number: 1,
        state: 'COMPLETE',
        arn: inApplication(of, placement, 'environment', environment, 'deployment', '1'),
      };
    },
  },
};
