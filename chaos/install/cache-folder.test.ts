import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultCacheFolder, fillAtomically, isComplete } from "./cache-folder.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "falconpay-cache-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

test("an interrupted install is not taken for a whole one, and is begun anew", async () => {
  const folder = join(cache, "part-1");
  await expect(
    fillAtomically(folder, async (scratch) => {
      writeFileSync(join(scratch, "half"), "");
      throw new Error("interrupted");
    }),
  ).rejects.toThrow("interrupted");
  expect(await isComplete(folder)).toBe(false);
  expect(readdirSync(cache)).toEqual([]);
  await fillAtomically(folder, async (scratch) => writeFileSync(join(scratch, "whole"), ""));
  expect(readdirSync(folder).toSorted()).toEqual(["complete.json", "whole"]);
});

test("a folder without its marker is replaced", async () => {
  const folder = join(cache, "part-1");
  mkdirSync(folder);
  writeFileSync(join(folder, "leftover"), "");
  await fillAtomically(folder, async (scratch) => writeFileSync(join(scratch, "whole"), ""));
  expect(readdirSync(folder).toSorted()).toEqual(["complete.json", "whole"]);
});

test("what is complete is left alone", async () => {
  const folder = join(cache, "part-1");
  await fillAtomically(folder, async (scratch) => writeFileSync(join(scratch, "whole"), "first"));
  await fillAtomically(folder, async (scratch) => writeFileSync(join(scratch, "whole"), "second"));
  expect(readFileSync(join(folder, "whole"), "utf8")).toBe("first");
});

test("of two installs at once the first to finish stands, and neither fails", async () => {
  const folder = join(cache, "part-1");
  const first = Promise.withResolvers<void>();
  const slow = fillAtomically(folder, async (scratch) => {
    await first.promise;
    writeFileSync(join(scratch, "whole"), "slow");
  });
  await fillAtomically(folder, async (scratch) => writeFileSync(join(scratch, "whole"), "quick"));
  first.resolve();
  await slow;
  expect(readFileSync(join(folder, "whole"), "utf8")).toBe("quick");
  expect(readdirSync(cache)).toEqual(["part-1"]);
});

test("the scratch folder of a process that was killed is removed by the next install", async () => {
  // Linux and macOS never hand out this number.
  mkdirSync(join(cache, "scratch-999999999-1"));
  await fillAtomically(join(cache, "part-1"), async () => {});
  expect(readdirSync(cache)).toEqual(["part-1"]);
});

test("the cache folder is the one that was chosen, or falconpay in the user's cache", () => {
  expect(defaultCacheFolder({ FALCONPAY_CACHE: "/chosen", XDG_CACHE_HOME: "/caches" })).toBe(
    "/chosen",
  );
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "/caches" })).toBe("/caches/falconpay");
  expect(defaultCacheFolder({})).toMatch(/\/\.cache\/falconpay$/);
});

test("a cache folder is absolute, whatever the user wrote", () => {
  const folder = defaultCacheFolder({ FALCONPAY_CACHE: "-cache" });
  expect(folder).toBe(join(process.cwd(), "-cache"));
  expect(defaultCacheFolder({ XDG_CACHE_HOME: "caches" })).toBe(
    join(process.cwd(), "caches", "falconpay"),
  );
});
