import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { codeDigest } from "./product.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What runs: its commit where it is a clone of its own, whether that was changed, its digest. */
export function codeThatRuns(): Evidence["code"] {
  const digest = codeDigest();
  try {
    const [commit = "", prefix] = git("rev-parse", "HEAD", "--show-prefix").split("\n");
    // Unpacked inside of another repository: its commit says nothing of us.
    if (prefix !== "") {
      return { commit: null, isClean: null, digest };
    }
    return { commit, isClean: git("status", "--porcelain") === "", digest };
  } catch {
    return { commit: null, isClean: null, digest };
  }
}

/**
 * On what, and when: beside what must come out the same. Who wants this to be the same as well says
 * the time, in seconds since 1970, in SOURCE_DATE_EPOCH.
 */
export function madeNow(): Evidence["made"] {
  const said = process.env["SOURCE_DATE_EPOCH"] ?? "";
  const at = /^[0-9]{1,12}$/.test(said) ? new Date(Number(said) * 1_000) : new Date();
  return { node: process.versions.node, at: at.toISOString() };
}

function git(...words: readonly string[]): string {
  return execFileSync("git", words, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}
