/** Keeps what commands print while tests run. */
export function captureOutput(): { readonly text: () => string; readonly clear: () => void } {
  const lines: string[] = [];
  const keep = (text: unknown) => {
    lines.push(String(text));
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  return {
    text: () => lines.join(''),
    clear: () => {
      lines.length = 0;
    },
  };
}
