import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../../../constructs/functions/bundle';
import { bundle } from '../workspace';

it('what functions are compared with is bundled as they are, to the byte', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-bundle-'));
  try {
    const { assetHash } = bundleFunction('degradation', folder);
    const code = bundle('lambdas/handlers/degradation.ts');
    expect(createHash('sha256').update(code).digest('hex')).toBe(assetHash);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
