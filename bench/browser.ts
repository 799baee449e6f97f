import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright";
import type { BenchServer } from "./server.ts";

export interface Visit {
  /** From navigation to the first frame in which the page was ready, ms. */
  millis: number;
  /** The longest task of the page's main thread, ms. */
  longestTask: number;
  /** Scripts as they came over the wire, KiB. */
  scriptKiB: number;
  requests: number;
}

interface Watch {
  /** When the page was ready; `null`: it never was. */
  readyAt: Promise<number | null>;
  longest: number;
}

export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
];
export const chromiumPath = process.env.TRIALDECK_CHROMIUM ?? "/usr/bin/chromium";
const limitMillis = 30_000;
/** What still comes after the page is ready (chart code, links fetched ahead) counts as its first load. */
const restMillis = 1_500;

/**
 * One visit as of someone who comes for the first time: a fresh browser without a cache, signed in. `isReady` runs in the page each frame; `act`, if
 * given, goes on in the page that is ready before the figures are read.
 */
export async function visit(
  server: BenchServer,
  path: string,
  isReady: () => boolean,
  act?: (page: Page) => Promise<void>,
): Promise<Visit> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: browserArguments });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, server);
    const page = await context.newPage();
    const network = await watchNetwork(await context.newCDPSession(page));
    await page.addInitScript({ content: `(${watchPage})(${isReady}, ${limitMillis})` });
    await page.goto(server.origin + path, { waitUntil: "commit" });
    const millis = await page.evaluate<number | null>("window.bench.readyAt");
    if (millis === null) throw new Error(`${path} was not ready within ${limitMillis} ms.`);
    await act?.(page);
    await page.waitForTimeout(restMillis);
    return { millis, longestTask: await page.evaluate<number>("window.bench.longest"), ...network };
  } finally {
    await browser.close();
  }
}

export async function signIn(context: BrowserContext, { origin, token }: BenchServer): Promise<void> {
  await context.request.post(`${origin}/api/v1/sign-in`, { headers: { authorization: `Bearer ${token}` } });
}

/** Runs in the page before its own scripts. */
function watchPage(isReady: () => boolean, limit: number): void {
  const readyAt = new Promise<number | null>((resolve) => {
    const look = () => {
      const now = performance.now();
      if (now > limit) resolve(null);
      else if (document.body && isReady()) resolve(now);
      else requestAnimationFrame(look);
    };
    look();
  });
  const watch: Watch = { readyAt, longest: 0 };
  Object.assign(window, { bench: watch });
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) watch.longest = Math.max(watch.longest, task.duration);
  }).observe({ type: "longtask", buffered: true });
}

async function watchNetwork(session: CDPSession): Promise<{ scriptKiB: number; requests: number }> {
  const seen = { scriptKiB: 0, requests: 0 };
  const scripts = new Set<string>();
  session.on("Network.requestWillBeSent", ({ requestId, type, request }) => {
    seen.requests += 1;
    if (type === "Script" || /\.js(\?|$)/.test(request.url)) scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) seen.scriptKiB += encodedDataLength / 1024;
  });
  await session.send("Network.enable");
  return seen;
}
