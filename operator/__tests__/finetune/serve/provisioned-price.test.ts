import { describeProvisionedPrice } from '../../../finetune/serve/provisioned-price';

test('a price that is known is told by the hour and by the month', () => {
  const text = describeProvisionedPrice('model', 2, '1m', 10);
  expect(text).toContain('20.00 USD an hour');
  expect(text).toContain('about 14600 USD a month');
  expect(text).toContain('for 1 month(s), used or not');
});

test('a price that is not known is said to be so', () => {
  expect(describeProvisionedPrice('no such model', 1, 'none')).toMatch(
    /until it is deleted; the price is not known/,
  );
});
