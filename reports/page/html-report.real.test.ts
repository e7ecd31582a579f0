import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AllEvidence } from "../evidence/all-evidence.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { formsOf } from "../forms.ts";
import {
  brokenEvidence,
  certificateEvidence,
  everyEvidence,
  heldEvidence,
  hostileEvidence,
  unknownEvidence,
} from "../testing/sample-evidence.ts";

const SCREENSHOTS = "out/screenshots";
/** Without these a Chromium calls its maker's hosts by itself, which would count as a request. */
const QUIET_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

const samples = [
  ["pass", heldEvidence],
  ["fail", brokenEvidence],
  ["certificate", certificateEvidence],
  ["unknown", unknownEvidence],
  ["hostile", hostileEvidence],
  ["all", everyEvidence],
] as const;
const WIDTHS = [1280, 390] as const;
const SCHEMES = ["light", "dark"] as const;
const views = samples.flatMap(([name, evidence]) =>
  WIDTHS.flatMap((width) => SCHEMES.map((scheme) => ({ name, evidence, width, scheme }))),
);

let browser: Browser;
let folder = "";

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), "falconpay-page-"));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the page, opened from a file", () => {
  test.for(views)(
    "$name at $width px in $scheme fits, is accessible, and asks nothing of anyone",
    async ({ name, evidence, width, scheme }) => {
      const { page, complaints, requests } = await openPage({ name, evidence, width, scheme });
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(width);
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.screenshot({
        path: join(SCREENSHOTS, `report-${name}-${width}-${scheme}.png`),
        fullPage: true,
      });
      expect(requests).toHaveLength(1);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test.for(samples)("%s prints on paper of its own", async ([name, evidence]) => {
    const { page, complaints } = await openPage({ name, evidence, width: 1280, scheme: "dark" });
    const pdf = await page.pdf({
      path: join(SCREENSHOTS, `report-${name}.pdf`),
      preferCSSPageSize: true,
      printBackground: true,
    });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("headings lead through it in order, and the story is a list of nine steps", async () => {
    const { page } = await openPage({
      name: "fail",
      evidence: brokenEvidence,
      width: 390,
      scheme: "light",
    });
    expect(await page.locator("h1").allInnerTexts()).toEqual([
      "A payment survives a crash between commit and publish",
    ]);
    expect(await page.locator("main h2").allInnerTexts()).toEqual([
      expect.stringContaining("Broken, as expected"),
      "What was promised",
      "What was tried",
      "What was found",
      "How to reproduce it",
      "What this does not show",
    ]);
    expect(await page.getByRole("list", { name: "The smallest story" }).locator("li").count()).toBe(
      9,
    );
    expect(await page.locator("ol.story li.fault").innerText()).toContain("✕ crash");
    const number = "getComputedStyle(document.querySelector('ol.story li'), '::before').content";
    expect(await page.evaluate<string>(number)).toBe("counter(step)");
    await page.close();
  });

  test("hostile texts change neither the title nor the page's parts", async () => {
    const { page } = await openPage({
      name: "hostile",
      evidence: hostileEvidence,
      width: 1280,
      scheme: "light",
    });
    expect(await page.title()).not.toBe("taken");
    expect(await page.locator("script, img, main style").count()).toBe(0);
    expect(await page.locator("main > section").count()).toBe(6);
    expect(await page.locator("body").isVisible()).toBe(true);
    await page.close();
  });

  test("the page's policy stops a script and a style that got in all the same", async () => {
    const { page, complaints } = await openPage({
      name: "injected",
      evidence: heldEvidence,
      width: 1280,
      scheme: "light",
      inject: "<style>body{display:none}</style><script>document.title='taken'</script>",
    });
    expect(await page.title()).not.toBe("taken");
    expect(await page.locator("body").isVisible()).toBe(true);
    expect(complaints).toHaveLength(2);
    await page.close();
  });
});

/** The system's Chromium, headless: the program named by CHROMIUM_PATH, else Debian's. */
async function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(
      `no Chromium at ${executablePath}: install it (Debian: apt-get install chromium), ` +
        "or set CHROMIUM_PATH to the program of a Chromium or Chrome",
    );
  }
  // Chromium refuses its sandbox to root; the pages opened here are our own.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...asRoot, ...QUIET_FLAGS] });
}

/** Opens the page and keeps what it asks for and what the browser holds against it. */
async function openPage(view: {
  readonly name: string;
  readonly evidence: Evidence | AllEvidence;
  readonly width: number;
  readonly scheme: "light" | "dark";
  readonly inject?: string;
}): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
  const { evidence, inject = "", name, scheme, width } = view;
  const path = join(folder, `${name}.html`);
  writeFileSync(path, formsOf(evidence).page().replace("</main>", `${inject}</main>`));
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) {
      requests.push(request.url());
    }
  });
  await page.goto(pathToFileURL(path).href);
  return { page, complaints, requests };
}

/**
 * What axe-core finds, contrast included; it is run by the debugger, which no policy of a page
 * binds.
 */
async function accessibilityViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<readonly string[]>(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => id + ": " + node.html + " " + node.failureSummary)))`,
  );
}
