import {
  ConflictException,
  CreateHostedConfigurationVersionCommand,
  DeleteHostedConfigurationVersionCommand,
  GetHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  PayloadTooLargeException,
  type CreateHostedConfigurationVersionCommandInput,
} from '@aws-sdk/client-appconfig';
import { PROFILE, run, type Running } from './control-plane-fixture';

let running: Running;
beforeEach(async () => {
  running = await run();
});
afterEach(() => running.close());

const create = (content: string, more: Partial<CreateHostedConfigurationVersionCommandInput> = {}) =>
  running.client.send(
    new CreateHostedConfigurationVersionCommand({
      ...PROFILE,
      Content: Buffer.from(content),
      ContentType: 'application/json',
      ...more,
    }),
  );
const read = (VersionNumber: number) =>
  running.client.send(new GetHostedConfigurationVersionCommand({ ...PROFILE, VersionNumber }));
const numbers = async () => {
  const { Items = [] } = await running.client.send(new ListHostedConfigurationVersionsCommand(PROFILE));
  return Items.map(({ VersionNumber }) => VersionNumber);
};

describe('versions', () => {
  it('are numbered on from the stack’s, kept byte by byte, and served by nobody before a deployment', async () => {
    const content = '\ufeff{ "model": "ü" }\n';
    const created = await create(content, { Description: 'try ü' });
    expect(created).toMatchObject({ ...PROFILE, VersionNumber: 2, ContentType: 'application/json' });
    const version = await read(2);
    expect(version.Description).toBe('try ü');
    expect(Buffer.from(version.Content ?? [])).toEqual(Buffer.from(content));
    expect(await numbers()).toEqual([2, 1]);
    expect(running.appConfig.current().version).toBe(1);
  });

  it('include the one that Terraform deployed, and those that the control port deploys', async () => {
    running.appConfig.deploy('{"model":"b"}');
    expect(Buffer.from((await read(1)).Content ?? []).toString()).toBe('{"model":"a"}');
    expect(Buffer.from((await read(2)).Content ?? []).toString()).toBe('{"model":"b"}');
  });

  it('are written on condition that nobody else has written', async () => {
    await create('{"model":"b"}', { LatestVersionNumber: 1 });
    const second = create('{"model":"b"}', { LatestVersionNumber: 1 });
    await expect(second).rejects.toBeInstanceOf(ConflictException);
    expect(await numbers()).toEqual([2, 1]);
  });

  it('are deleted, whatever is served of them, and the next one takes the number of the last', async () => {
    const remove = (VersionNumber: number) =>
      running.client.send(new DeleteHostedConfigurationVersionCommand({ ...PROFILE, VersionNumber }));
    await create('{"model":"b"}');
    await remove(2);
    await expect(remove(2)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await remove(1);
    expect(await numbers()).toEqual([]);
    expect(running.appConfig.current().version).toBe(1);
    expect((await create('{"model":"b"}')).VersionNumber).toBe(1);
  });

  it('have at most 1 MB', async () => {
    await create(' '.repeat(1024 * 1024));
    const larger = create(' '.repeat(1024 * 1024 + 1));
    await expect(larger).rejects.toBeInstanceOf(PayloadTooLargeException);
    await expect(larger).rejects.toMatchObject({ Limit: 1024, Measure: 'KILOBYTES' });
    expect(await numbers()).toEqual([2, 1]);
  });

  it.each([
    ['another content type', { ContentType: 'text/plain' }, /content-type.*application\/json only/],
    ['a label', { VersionLabel: 'v2' }, /versionlabel.*does not emulate/],
    ['bytes that are no text', { Content: Buffer.from([0xff]) }, /UTF-8/],
    ['a description of 1,025 characters', { Description: 'x'.repeat(1025) }, /1024/],
  ])('are refused with %s', async (_, more, message) => {
    await expect(create('{}', more)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message) as string,
    });
    expect(await numbers()).toEqual([1]);
  });

  it('are not found by a number that there is not', async () => {
    await expect(read(9)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      ResourceName: 'HostedConfigurationVersion',
    });
  });
});
