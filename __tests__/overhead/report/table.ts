/** A table's text; the first row is its head. */
export type Rows = readonly (readonly string[])[];

/**
 * Columns as wide as their widest cell, the first aligned left and the others right.
 * @returns lines, each ended by a newline
 */
export function table(rows: Rows): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map((row) => `  ${line(row)}\n`).join('');
}
