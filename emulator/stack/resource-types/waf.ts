import { text, type Addressed } from '../values';
import { emulated, noLocalMeaning, type Placement, type ResourceTypes } from './resource-type';

const regional =
  (kind: string) =>
  (of: Addressed, { region, account, uuid }: Placement) => ({
    id: uuid(),
    arn: `arn:aws:wafv2:${region}:${account}:regional/${kind}/${text(of, 'name')}/${uuid()}`,
  });

export const waf: ResourceTypes = {
  aws_wafv2_ip_set: {
    arguments: {
      ...emulated('name', 'scope', 'ip_address_version', 'addresses'),
      ...noLocalMeaning('description', 'tags'),
    },
    computed: regional('ipset'),
  },
  aws_wafv2_web_acl: {
    arguments: {
      ...emulated('name', 'scope', 'rule_json'),
      default_action: { allow: {}, block: {} },
      // Nobody looks at a laptop's metrics of its firewall.
      ...noLocalMeaning('description', 'tags', 'visibility_config'),
    },
    computed: regional('webacl'),
  },
  aws_wafv2_web_acl_association: {
    arguments: emulated('resource_arn', 'web_acl_arn'),
    computed: (of) => ({ id: `${text(of, 'web_acl_arn')},${text(of, 'resource_arn')}` }),
  },
};
