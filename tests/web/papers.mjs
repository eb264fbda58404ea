// A paper that is a PDF opens in the browser's own viewer, whatever the policy says that comes with it.
//
//   papers.mjs KYHOP BROWSER

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs } from './browser.mjs';
import { Server } from './server.mjs';
import { equal, story, until } from './tap.mjs';

const [program, kind] = process.argv.slice(2);
const RED = 0.3; // of the window: the page is red, the viewer's own surface is not
let server;
let browser;
let page;
let viewer;

/** One page, red all over. */
const redPdf = () => {
  const drawing = '1 0 0 rg 0 0 612 792 re f\n';
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<>>>>',
    `<</Length ${drawing.length}>>stream\n${drawing}endstream`,
  ];
  let text = '%PDF-1.4\n';
  let table = '0000000000 65535 f \n';
  objects.forEach((object, i) => {
    table += `${String(text.length).padStart(10, '0')} 00000 n \n`;
    text += `${i + 1} 0 obj${object}endobj\n`;
  });
  return `${text}xref\n0 5\n${table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
};

/** The share of red in a picture of a page. */
const redOf = async (of) => {
  const picture = await of.screenshot({ encoding: 'base64' });
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const drawing = canvas.getContext('2d');
    drawing.drawImage(image, 0, 0);
    const pixels = drawing.getImageData(0, 0, image.width, image.height).data;
    let red = 0;
    for (let i = 0; i < pixels.length; i += 4) red += pixels[i] > 200 && pixels[i + 1] < 60 && pixels[i + 2] < 60 ? 1 : 0;
    return red / (pixels.length / 4);
  }, picture);
};

await story(
  [
    ['a delegate sees the paper of the item in hand', async () => {
      server = await Server.start(program, { settings: '{ quorum = "none" }' });
      const folder = join(server.folder, 'config/demo/documents/thao-luan');
      mkdirSync(join(folder, 'closed'), { recursive: true });
      for (const name of ['Dự thảo nghị quyết.pdf', 'closed/Tờ trình nhân sự.pdf']) writeFileSync(join(folder, name), redPdf());
      const chair = await ApiClient.login(server, await server.invite('db01'));
      for (const [method, params] of [['session.open'], ['attendance.check_in'], ['sitting.open'], ['agenda.start', { item: 'thao-luan' }]])
        await chair.call(method, params ?? {});
      browser = await launch(kind);
      page = await openAs(browser, server, 'db02');
      await findText(page, '.documents a', 'Dự thảo nghị quyết');
    }],
    ...['Dự thảo nghị quyết', 'Tờ trình nhân sự'].map((title) => [
      `a click shows it in a new tab: ${title}`,
      async () => {
        await page.bringToFront();
        await (await findText(page, '.documents a', title)).click();
        viewer = await until(
          async () => (await page.browserContext().pages()).find((p) => p !== page && p.url().endsWith('.pdf')),
          'a new tab',
        );
        equal(new URL(viewer.url()).origin, server.url, 'where it came from');
        await viewer.bringToFront();
        await until(async () => (await redOf(viewer)) > RED, 'the red page is shown', 20_000);
        await viewer.close();
      },
    ]),
  ],
  async () => {
    await browser?.close();
    await server?.stop();
  },
);
