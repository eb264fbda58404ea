// Real browsers: Chromium and Firefox ESR of Debian, driven by puppeteer-core (CDP, WebDriver BiDi).

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repo } from './server.mjs';

const require = createRequire(join(repo, 'web/package.json'));
const puppeteer = require('puppeteer-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const programs = {
  chrome: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
};

export const programOf = (browser) => programs[browser].find((path) => existsSync(path));

export const shots = process.env.KYHOP_SHOTS ?? join(repo, 'build/web-screenshots');

export const sizes = { phone: [390, 844], laptop: [1280, 800], wide: [1920, 1080] };

/** `browser`: "chrome" or "firefox", with a pretended microphone that may be used or may not; `more`:
 * arguments of the program. */
export const launch = (browser, { allowed = true, more = [] } = {}) =>
  puppeteer.launch({
    browser,
    executablePath: programOf(browser),
    headless: true,
    protocolTimeout: 60_000,
    args: browser === 'chrome'
      ? ['--no-sandbox', '--use-fake-device-for-media-stream', '--disable-features=WebRtcHideLocalIpsWithMdns',
          '--autoplay-policy=no-user-gesture-required',
          allowed ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts', ...more]
      : more,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': allowed,
      'permissions.default.microphone': allowed ? 1 : 2,
      'media.autoplay.default': 0,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      // Each person's page is in front of that person, though one browser shows only one.
      'dom.min_background_timeout_value': 4,
      'dom.min_background_timeout_value_without_budget_throttling': 4,
      'dom.timeout.enable_budget_timer_throttling': false,
      'intl.accept_languages': 'vi',
    },
  });

/** Firefox shows one page at a time and lets only that one be pressed. */
const comeForward = (page) => {
  for (const [object, names] of [[page, ['click', 'type', 'focus']], [page.keyboard, ['press', 'down']]]) {
    for (const name of names) {
      const act = object[name].bind(object);
      object[name] = async (...args) => {
        await page.bringToFront();
        return act(...args);
      };
    }
  }
};

/** A page of its own profile, logged in by a link as a person does it. `before` runs in it first. */
export const openAs = async (browser, server, person, size = 'laptop', before = null) => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.isOneOfMany = !(await browser.version()).startsWith('Chrome');
  if (page.isOneOfMany) comeForward(page);
  if (before) await page.evaluateOnNewDocument(before);
  const [width, height] = sizes[size];
  await page.setViewport({ width, height });
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(`pageerror: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // A photo or a list of papers that the council does not have is no trouble.
    if (message.type() === 'error' && !/status of 40[34]|due to disable-web-security/.test(text))
      page.problems.push(`console: ${text}`);
  });
  page.person = person;
  await page.goto(`${server.url}/#login=${await server.invite(person)}`);
  await page.waitForSelector('#main:not(.loading)');
  return page;
};

/** The visible words of the page. */
export const words = (page) => page.evaluate(() => document.body.innerText);

/** Waits until `selector` is there with this text in it (and gives the element). */
export const findText = async (page, selector, text, timeout = 10_000) => {
  const handle = await page.waitForFunction(
    (css, wanted) => [...document.querySelectorAll(css)].find((e) =>
      e.innerText.normalize().includes(wanted) || e.getAttribute('aria-label')?.includes(wanted)),
    { timeout, polling: 100 },
    selector, text.normalize(),
  ).catch(async (error) => {
    throw new Error(`${page.person}: no ${selector} with "${text}" (${error.message}) in:\n${await words(page)}`);
  });
  return handle.asElement();
};

/** Waits until an element stands still and nothing lies over it: a person presses no other. */
const isInReach = async (page, element) => {
  const reach = (e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    return { at: `${x} ${y}`, over: top && !e.contains(top) && !top.contains(e) ? top.outerHTML.slice(0, 120) : '' };
  };
  let before = await element.evaluate(reach);
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = await element.evaluate(reach);
    if (now.at === before.at && !now.over) return;
    before = now;
  }
  throw new Error(`${page.person}: something lies over the button: ${before.over}`);
};

/** Presses a button by its words, as a person would. */
export const press = async (page, text, selector = 'button') => {
  const button = await findText(page, `${selector}:not([aria-disabled="true"])`, text);
  if (page.isOneOfMany) await page.bringToFront();
  await button.evaluate((e) => e.scrollIntoView({ block: 'center' }));
  await isInReach(page, button);
  await button.click();
};

/** axe-core's violations, one line each. */
export const violations = async (page) => {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${axeSource};0`);
  return page.evaluate(async () => {
    const result = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return result.violations.flatMap((v) =>
      v.nodes.map((n) => `${v.id} (${v.impact}): ${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`));
  });
};

/** A picture of the page at each width, kept as test output. */
export const shoot = async (page, name, which = Object.keys(sizes)) => {
  mkdirSync(shots, { recursive: true });
  const before = page.viewport();
  for (const size of which) {
    const [width, height] = sizes[size];
    if (page.isOneOfMany) await page.bringToFront();
    await page.setViewport({ width, height });
    await new Promise((resolve) => setTimeout(resolve, 250)); // fonts and layout settle
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) throw new Error(`${name} is ${wide} px wider than ${width}`);
    await page.screenshot({ path: join(shots, `${name}-${width}.png`) });
  }
  if (before) await page.setViewport(before);
};
