import { stripVTControlCharacters } from 'node:util';
import { progressDisplay, remainingText } from '../../command/progress';

it.each([
  [400, 'about 0 s left'],
  [59_400, 'about 59 s left'],
  [200_000, 'about 3 min 20 s left'],
  [2 * 3_600_000, 'about 2.0 h left'],
])('%s ms are said as "%s"', (ms, text) => {
  expect(remainingText(ms)).toBe(text);
});

it.each([80, 200])('on a terminal of %d columns a bar leaves room for what it tells', (columns) => {
  const written: string[] = [];
  const stream = { isTTY: true, columns, write: (text: string) => written.push(text) > 0 };
  const display = progressDisplay('Measuring', stream as unknown as NodeJS.WriteStream);
  const detail = 'calls; would cost: $0.0029; about 3 min 20 s left';
  display.update(0, 260, detail);
  display.stop();
  const line = stripVTControlCharacters(written.find((text) => text.includes(detail)) ?? '');
  expect(line).toMatch(/^Measuring \S{10,} 0\/260 calls;/);
  expect(line.length).toBeLessThanOrEqual(columns);
});

it('a bar goes by how much there is by now', () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text) > 0 };
  const display = progressDisplay('Measuring', stream as unknown as NodeJS.WriteStream);
  display.update(1, 260);
  display.update(65, 130);
  display.stop();
  expect(stripVTControlCharacters(written.join(''))).toContain(' 65/130 ');
});

it('without a terminal each tenth has a line', () => {
  const lines: string[] = [];
  const stream = { isTTY: false, write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
  const display = progressDisplay('Measuring', stream);
  for (let done = 1; done <= 100; done += 1) display.update(done, 100, 'so far');
  display.stop();
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('Measuring: 10 of 100 so far\n');
});
