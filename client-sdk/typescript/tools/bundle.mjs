// dist/marchwire.min.js: the browser's part with all that it needs, for a page without a build of its own.
import { build } from 'esbuild';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
await build({
  entryPoints: [resolve(root, 'src/bundle.ts')], outfile: resolve(root, 'dist/marchwire.min.js'),
  bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', legalComments: 'none',
  logLevel: 'warning',
});
