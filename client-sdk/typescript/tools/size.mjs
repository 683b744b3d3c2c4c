// What a page loads: the bundle with all dependencies, minified, under gzip. Fails above the budget.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const budget = 40 * 1024;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bytes = readFileSync(resolve(root, 'dist/marchwire.min.js'));
const gzipped = gzipSync(bytes, { level: 9 }).length;
console.log(`dist/marchwire.min.js: ${bytes.length} bytes, ${gzipped} under gzip, ${budget} at most`);
if (gzipped > budget) process.exit(1);
