import { text } from '../values';
import { emulated, noLocalMeaning, type ResourceTypes } from './resource-type';

export const sageMaker: ResourceTypes = {
  aws_sagemaker_model_package_group: {
    arguments: {
      ...emulated('model_package_group_name', 'model_package_group_description'),
      ...noLocalMeaning('tags'),
    },
    computed: (of, { region, account }) => {
      const name = text(of, 'model_package_group_name');
      return { id: name, arn: `arn:aws:sagemaker:${region}:${account}:model-package-group/${name}` };
    },
  },
};
