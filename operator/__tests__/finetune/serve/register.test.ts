import { CreateModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { describeRegister, emptyRegister } from '../../../finetune/serve/register';
import { captureOutput } from '../../capture-output';
import { startLocalServices, type LocalServices } from '../local-services';

let services: LocalServices;
beforeAll(async () => {
  captureOutput();
  services = await startLocalServices();
});
afterAll(async () => {
  await services.close();
  jest.restoreAllMocks();
});

it('the register is described whole, and emptied, also where it has more than a page', async () => {
  const { target } = services;
  const ModelPackageGroupName = target.modelPackageGroup;
  const names = Array.from({ length: 12 }, (_, index) => `tuned-${index}`);
  for (const ModelPackageDescription of names)
    await target.sageMaker.send(
      new CreateModelPackageCommand({ ModelPackageGroupName, ModelPackageDescription }),
    );
  const described = await describeRegister(target);
  expect(described).toHaveLength(names.length);
  expect(described[0]).not.toHaveProperty('$metadata');
  expect(described).toEqual(
    expect.arrayContaining(
      names.map((ModelPackageDescription) => expect.objectContaining({ ModelPackageDescription }) as object),
    ),
  );
  expect(await emptyRegister(target)).toBe(names.length);
  const { ModelPackageSummaryList } = await target.sageMaker.send(
    new ListModelPackagesCommand({ ModelPackageGroupName }),
  );
  expect(ModelPackageSummaryList).toEqual([]);
  expect(await emptyRegister(target)).toBe(0);
});
