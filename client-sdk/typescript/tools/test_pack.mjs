// What `npm pack` makes, in a project that has never seen this one: types, Node and the bundle.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'marchwire-pack-'));
const run = (command, ...words) => execFileSync(command, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'outside', private: true, type: 'module' }));
  run('npm', 'install', '--silent', '--no-audit', '--no-fund', './marchwire-0.1.0.tgz');
  writeFileSync(join(folder, 'app.ts'), `
    import { Client, FileQueue, type FeedName, type ClientEvent } from 'marchwire';
    const feed: FeedName = 'public/c/m';
    const client = new Client({ url: 'ws://127.0.0.1:1/v1/ws', queue: new FileQueue('queue') });
    client.subscribe('ops/c/m');
    const phase: string | number | undefined = client.state('ops/c/m')?.phase;
    client.on('item', ({ item }) => item.item.case === 'entry' && item.item.value.atMs);
    const told: string[] = [];
    for await (const event of tell()) told.push(event.kind);
    async function* tell(): AsyncGenerator<ClientEvent> {
      const events = client.events();
      client.connect();
      for await (const event of events) {
        yield event;
        if (event.kind === 'state' && event.state === 'waiting') client.close();
      }
    }
    await client.end();
    console.log(feed, phase, told.join(' '));
  `);
  writeFileSync(join(folder, 'page.ts'), `
    import { Client, IndexedDbQueue } from 'marchwire';
    import { SharedClient } from 'marchwire/shared';
    export const clients = [new Client({ url: 'wss://x/v1/ws' }), new SharedClient({ url: 'wss://x/v1/ops', queue: new IndexedDbQueue() })];
  `);
  const tsc = (module, resolution, file) => run(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '--strict', '--target', 'es2022',
    '--module', module, '--moduleResolution', resolution, '--lib', 'es2022,dom', file);
  tsc('node16', 'node16', 'app.ts');
  tsc('esnext', 'bundler', 'page.ts');
  const said = run(process.execPath, 'app.js').trim();
  if (said !== 'public/c/m undefined state state state') throw new Error(`it said: ${said}`);
  await build({
    entryPoints: [join(folder, 'page.js')], bundle: true, format: 'esm', platform: 'browser', outfile: join(folder, 'out.js'),
    logLevel: 'error',
  });
  const bundled = readFileSync(join(folder, 'out.js'), 'utf8');
  if (bundled.includes('node:')) throw new Error('the bundle for browsers holds what is Node\'s');
  console.log('npm pack: installs, compiles, runs, and bundles');
} finally {
  rmSync(folder, { recursive: true });
}
