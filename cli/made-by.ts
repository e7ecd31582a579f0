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

/** On what, and when: beside what must come out the same. */
export function madeNow(): Evidence["made"] {
  return { node: process.versions.node, at: new Date().toISOString() };
}

function git(...words: readonly string[]): string {
  return execFileSync("git", words, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}
