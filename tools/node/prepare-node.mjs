// npm runs this as `prepare`, after `npm ci` and `npm install`. The project needs the Node named in
// package.json's engines; where the machine's is older, a pinned Node 24 is put at
// node_modules/.bin/node, which is first on the PATH of every npm script and of npx.
import { mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fetchNode } from "./fetch-node.mjs";
import { pinnedNode } from "./node-pins.mjs";

const PROJECT_FOLDER = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MAJOR = 24;

const wanted = await engineFloor();
if (isOlder({ version: process.versions.node, floor: wanted })) {
  try {
    await putNode();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`Node ${process.versions.node} is too old for this project, and ${reason}`);
    console.error(`Install Node ${wanted} or newer (https://nodejs.org) and run npm again.`);
    process.exitCode = 1;
  }
}

/** @returns {Promise<string>} such as `22.22.0` */
async function engineFloor() {
  const text = await readFile(join(PROJECT_FOLDER, "package.json"), "utf8");
  const floor = /"node":\s*">=(\d+\.\d+\.\d+)"/.exec(text)?.[1];
  if (floor === undefined) {
    throw new Error("package.json: expected engines.node to be like '>=22.22.0'");
  }
  return floor;
}

/**
 * @param {{ version: string, floor: string }} options
 * @returns {boolean}
 */
function isOlder({ version, floor }) {
  const have = version.split(".").map((part) => Number.parseInt(part, 10));
  const need = floor.split(".").map((part) => Number.parseInt(part, 10));
  for (const [place, least] of need.entries()) {
    const part = have[place] ?? 0;
    if (part !== least) {
      return part < least;
    }
  }
  return false;
}

async function putNode() {
  const { version } = pinnedNode({ major: MAJOR });
  console.log(
    `Node ${process.versions.node} is older than ${wanted}: fetching Node ${version} for this project`,
  );
  const binary = await fetchNode({ major: MAJOR });
  const binFolder = join(PROJECT_FOLDER, "node_modules", ".bin");
  await mkdir(binFolder, { recursive: true });
  // A link made aside and renamed: a script started meanwhile sees the old Node or the new one.
  const aside = join(binFolder, `.node-${process.pid}`);
  await rm(aside, { force: true });
  await symlink(relative(binFolder, binary), aside);
  await rename(aside, join(binFolder, "node"));
}
