// The widget against a running server: what it shows.
//     node tools/show_widget.mjs ws://127.0.0.1:8080/v1/ws public/flag-day-2018/st-louis-mo
import { startBrowser } from './browser.mjs';
import { startPageServer } from './page_server.mjs';

const [url, feed] = process.argv.slice(2);
const server = await startPageServer(() => undefined);
const browser = await startBrowser();
try {
  const page = await browser.newPage();
  await page.goto(server.page(`examples/widget.html?feed=${feed}&url=${encodeURIComponent(url)}`));
  await page.waitForFunction(() => !document.getElementById('status').textContent.startsWith('Looking'), { timeout: 20_000 });
  console.log(await page.evaluate(() => document.getElementById('status').textContent));
} finally {
  await browser.close();
  server.stop();
}
