import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account } from '../../../terraform-provider/cloud/account';

const topic = (id: string, name = id) => ({
  type: 'aws_sns_topic',
  region: 'us-east-1',
  seed: `seed of ${id}`,
  values: { id, name },
});

describe('the account of a rehearsal', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'account '));
    file = join(directory, 'of a rehearsal', 'account.jsonl');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is as it was left: what was changed last, without what is gone, and with series that go on', () => {
    const account = new Account(file);
    account.put(topic('a'));
    account.put(topic('b'));
    account.put(topic('a', 'renamed'));
    account.delete('aws_sns_topic', 'us-east-1', 'b');
    expect([account.next('versions'), account.next('versions'), account.next('others')]).toEqual([1, 2, 1]);
    for (const again of [new Account(file), new Account(file)]) {
      expect(again.all()).toEqual([topic('a', 'renamed')]);
    }
    const later = new Account(file);
    expect(later.next('versions')).toBe(3);
    expect(new Account(file).all('aws_sns_topic', 'us-west-2')).toEqual([]);
  });

  it('loses the change that was cut short, and nothing before or after it', () => {
    new Account(file).put(topic('a'));
    appendFileSync(file, JSON.stringify(topic('b')).slice(0, -5));
    const account = new Account(file);
    expect(account.all()).toEqual([topic('a')]);
    account.put(topic('c'));
    expect(new Account(file).all()).toEqual([topic('a'), topic('c')]);
  });

  it('is not touched by who only reads it, while another writes', () => {
    const writer = new Account(file);
    writer.put(topic('a', 'first'));
    writer.put(topic('a', 'second'));
    const before = readFileSync(file, 'utf8');
    expect(new Account(file).get('aws_sns_topic', 'us-east-1', 'a')).toEqual(topic('a', 'second'));
    expect(readFileSync(file, 'utf8')).toBe(before);
    writer.put(topic('b'));
    expect(new Account(file).all()).toHaveLength(2);
  });

  it('forgets what was, once it is written to again', () => {
    new Account(file).put(topic('a', 'first'));
    for (const name of ['second', 'third']) new Account(file).put(topic('a', name));
    expect(readFileSync(file, 'utf8')).not.toContain('first');
  });

  it('tells certificates apart that are validated in the same millisecond', () => {
    const account = new Account(file);
    const validations = ['arn:one', 'arn:two'].map((certificate_arn) => ({
      ...{ type: 'aws_acm_certificate_validation', region: 'us-east-1', seed: certificate_arn },
      values: { id: '2026-11-27T10:21:52.750Z', certificate_arn },
    }));
    validations.forEach((validation) => {
      account.put(validation);
    });
    expect(new Account(file).all()).toEqual(validations);
  });

  it('is none where a line in the middle is broken', () => {
    new Account(file).put(topic('a'));
    writeFileSync(file, `{"type":\n${readFileSync(file, 'utf8')}`);
    expect(() => new Account(file)).toThrow('is no account of a rehearsal: forget it with "rehearse reset"');
  });
});
