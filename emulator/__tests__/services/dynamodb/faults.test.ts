import * as sdk from '@aws-sdk/client-dynamodb';
import { Rig } from './fixture';

const TableName = 'circuits';
const Key = { model: { S: 'a' } };
const Item = { ...Key, version: { N: '1' } };

let rig: Rig;

describe('an injected fault', () => {
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  const inject = (values: object) => rig.faults.add({ region: 'primary', target: 'dynamodb', ...values });
  const put = (abortSignal = AbortSignal.timeout(5_000)) =>
    rig.client.send(new sdk.PutItemCommand({ TableName, Item }), { abortSignal });
  const stored = async () => (await rig.client.send(new sdk.GetItemCommand({ TableName, Key }))).Item;

  it.each([
    ['error', sdk.InternalServerError, 500],
    ['throttle', sdk.ThrottlingException, 400],
  ])('of mode %s is the exception that AWS gives', async (mode, Exception, httpStatusCode) => {
    inject({ mode });
    const failure = put();
    await expect(failure).rejects.toBeInstanceOf(Exception);
    await expect(failure).rejects.toMatchObject({ $metadata: { httpStatusCode } });
  });

  it('of mode down resets connections, and the next one is served once it is over', async () => {
    inject({ mode: 'down' });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    rig.faults.clear();
    await put();
    expect(await stored()).toEqual(Item);
  });

  it('of mode timeout never answers', async () => {
    inject({ mode: 'timeout' });
    await expect(put(AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('of mode slow answers later', async () => {
    inject({ mode: 'slow', ms: 80 });
    const startedAt = performance.now();
    await put();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79);
  });

  it('of mode slow has written what its caller gave up on', async () => {
    inject({ mode: 'slow', ms: 2_000 });
    await expect(put(AbortSignal.timeout(150))).rejects.toMatchObject({ name: 'AbortError' });
    rig.faults.clear();
    expect(await stored()).toEqual(Item);
  });

  it('leaves the other region alone', async () => {
    inject({ mode: 'error', region: 'secondary' });
    await expect(put()).resolves.toBeDefined();
  });
});
