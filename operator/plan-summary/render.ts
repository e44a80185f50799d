import { countsOf } from '../statistics/group-by';
import type { Item, Section, Summary } from './summarize';

/** More addresses with the same to be said of them are counted by type. */
const LISTED_ADDRESSES = 5;

/** @param name of what is planned, e.g. of a stack */
export function renderText(name: string, { headline, sections }: Summary): string {
  const lines = sections.flatMap(({ title, isLoud, items }) => [
    '',
    isLoud ? title.toUpperCase() : title,
    ...items.flatMap((item) => [
      `  ${item.sign.padStart(3)} ${subject(item)}`,
      ...item.notes.map((note) => `        ${note}`),
    ]),
  ]);
  return [`${name}: ${headline}`, ...lines].join('\n').replaceAll('`', '');
}

/** In GitHub's Markdown: what is lost stands in an alert. */
export function renderMarkdown(name: string, { headline, sections }: Summary): string {
  return [`### ${name}: ${headline}`, ...sections.map(markdownSection)].join('\n\n');
}

function markdownSection({ title, isLoud, items }: Section): string {
  const list = items.flatMap((item) => [
    `- \`${item.sign}\` ${subject(item)}`,
    ...item.notes.map((note) => `  - ${note}`),
  ]);
  const lines = [`**${title}**`, ...(list.length > 0 ? ['', ...list] : [])];
  return (isLoud ? ['[!CAUTION]', ...lines].map((line) => `> ${line}`) : lines).join('\n');
}

function subject({ addresses }: Item): string {
  if (addresses.length <= LISTED_ADDRESSES) return addresses.map((address) => `\`${address}\``).join(', ');
  const types = addresses.map((address) => /[a-z]\w*(?=\.[^.]*$)/.exec(address)?.[0] ?? address);
  const counts = Object.entries(countsOf(types));
  return `${addresses.length} resources: ${counts.map(([type, count]) => `${count} ${type}`).join(', ')}`;
}
