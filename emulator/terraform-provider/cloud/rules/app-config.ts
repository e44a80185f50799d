import { Refusal } from '../refusal';
import { need, refuseWhileUsed, type Rules } from './rule';

const application = need(
  'application_id',
  ['aws_appconfig_application', 'id'],
  'ResourceNotFoundException',
  'Could not find Application',
);
const profile = need(
  'configuration_profile_id',
  ['aws_appconfig_configuration_profile', 'configuration_profile_id'],
  'ResourceNotFoundException',
  'Could not find Configuration Profile',
);

export const appConfig: Rules = {
  aws_appconfig_application: {
    beforeDelete: ({ id }, context) => {
      for (const type of ['aws_appconfig_environment', 'aws_appconfig_configuration_profile']) {
        refuseWhileUsed(
          context,
          type,
          (user) => user.application_id === id,
          () => new Refusal('BadRequestException', 'The application still has environments or profiles.'),
        );
      }
    },
  },
  aws_appconfig_environment: {
    needs: [application],
    computed: () => ({ state: 'ReadyForDeployment' }),
  },
  aws_appconfig_configuration_profile: {
    needs: [application],
    beforeDelete: ({ configuration_profile_id: id }, context) => {
      // https://github.com/hashicorp/terraform-provider-aws/issues/31585
      const refusal = () =>
        new Refusal(
          'BadRequestException',
          `Cannot delete configuration profile ${String(id)} because there are still hosted configuration versions existing under it.`,
        );
      if (context.settings.versionsOfOperators?.includes(context.region)) throw refusal();
      refuseWhileUsed(
        context,
        'aws_appconfig_hosted_configuration_version',
        (user) => user.configuration_profile_id === id,
        refusal,
      );
    },
  },
  aws_appconfig_hosted_configuration_version: {
    needs: [application, profile],
    // The number after the highest that is there: that of a version which was deleted is given again.
    computed: ({ application_id: app, configuration_profile_id: id }, { account, region }) => {
      const version =
        1 +
        Math.max(
          0,
          ...account
            .all('aws_appconfig_hosted_configuration_version', region)
            .filter(({ values }) => values.configuration_profile_id === id)
            .map(({ values }) => Number(values.version_number)),
        );
      return { id: `${String(app)}/${String(id)}/${version}`, version_number: version };
    },
  },
  aws_appconfig_deployment: {
    needs: [
      application,
      profile,
      need(
        'environment_id',
        ['aws_appconfig_environment', 'environment_id'],
        'ResourceNotFoundException',
        'Could not find Environment',
      ),
      need(
        'deployment_strategy_id',
        ['aws_appconfig_deployment_strategy', 'id'],
        'ResourceNotFoundException',
        'Could not find Deployment Strategy',
      ),
    ],
    // A deployment stays when Terraform forgets it.
    computed: ({ application_id: app, environment_id: environment }, { account }) => {
      const number = account.next(`appconfig deployment ${String(environment)}`);
      return {
        id: `${String(app)}/${String(environment)}/${number}`,
        deployment_number: number,
        state: 'BAKING',
      };
    },
  },
};
