#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
// The program `falconpay`. Any Node can read this file, so that one which is too old, or a clone
// without its packages, is told so with exit code 4: Node's own 1 says that a promise was broken.
import { readFileSync } from "node:fs";
import module from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const [, wantedMajor, wantedMinor] = /"node":\s*">=(\d+)\.(\d+)/.exec(manifest) ?? [];

if (major < Number(wantedMajor) || (major === Number(wantedMajor) && minor < Number(wantedMinor))) {
  end(
    `it needs Node ${wantedMajor}.${wantedMinor} or newer, this is ${process.versions.node}; ` +
      "npm ci fetches one for this project, and npm run falconpay uses it",
  );
} else {
  // What Node compiled once, types left out, it need not compile for the next command. The threads
  // of a command are told by the variable.
  process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(
    new URL("../node_modules/.cache/falconpay/compiled/", import.meta.url),
  );
  module.enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
  try {
    await import("../cli.ts");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    end(`it cannot be loaded (is npm ci done?): ${reason}`);
  }
}

/** @param {string} reason */
function end(reason) {
  process.stderr.write(`falconpay: ${reason}\n`);
  process.exitCode = 4;
}
