/** MD5 of RFC 1321, as hexadecimal digits. */
export function md5(bytes: Uint8Array): string {
  const words = paddedWords(bytes, true);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < words.length; at += 16) {
    md5Block(state, words.subarray(at, at + 16));
  }
  return state.map((word) => hexOf(swapped(word))).join("");
}

const MD5_SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const MD5_SINES = Array.from({ length: 64 }, (_, at) =>
  Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32),
);

function md5Block(state: number[], block: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const round = at >> 4;
    const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
    const place = [at, 5 * at + 1, 3 * at + 5, 7 * at][round] ?? 0;
    const sum = (a + mixed + (MD5_SINES[at] ?? 0) + (block[place % 16] ?? 0)) >>> 0;
    const turned = rotatedLeft(sum, MD5_SHIFTS[round]?.[at % 4] ?? 0);
    [a, d, c, b] = [d, c, b, (b + turned) >>> 0];
  }
  for (const [at, word] of [a, b, c, d].entries()) {
    state[at] = ((state[at] ?? 0) + word) >>> 0;
  }
}

/** SHA-256 of FIPS 180-4, as hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  const words = paddedWords(bytes, false);
  const state = fractionsOfRoots(8, 2);
  for (let at = 0; at < words.length; at += 16) {
    sha256Block(state, words.subarray(at, at + 16));
  }
  return state.map(hexOf).join("");
}

const SHA256_CONSTANTS = fractionsOfRoots(64, 3);

function sha256Block(state: number[], block: Uint32Array): void {
  const schedule = [...block];
  for (let at = 16; at < 64; at += 1) {
    const early = schedule[at - 15] ?? 0;
    const late = schedule[at - 2] ?? 0;
    const a = rotatedRight(early, 7) ^ rotatedRight(early, 18) ^ (early >>> 3);
    const b = rotatedRight(late, 17) ^ rotatedRight(late, 19) ^ (late >>> 10);
    schedule.push(((schedule[at - 16] ?? 0) + a + (schedule[at - 7] ?? 0) + b) >>> 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const sum1 = rotatedRight(e, 6) ^ rotatedRight(e, 11) ^ rotatedRight(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const first = h + sum1 + chosen + (SHA256_CONSTANTS[at] ?? 0) + (schedule[at] ?? 0);
    const sum0 = rotatedRight(a, 2) ^ rotatedRight(a, 13) ^ rotatedRight(a, 22);
    const second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) >>> 0, c, b, a, (first + second) >>> 0];
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) {
    state[at] = ((state[at] ?? 0) + word) >>> 0;
  }
}

/** The first 32 bits behind the point of the roots of the first primes. */
function fractionsOfRoots(count: number, degree: number): number[] {
  const roots: number[] = [];
  for (let candidate = 2; roots.length < count; candidate += 1) {
    if (isPrime(candidate)) {
      const root = wholeRoot(BigInt(candidate) << BigInt(32 * degree), degree);
      roots.push(Number(BigInt.asUintN(32, root)));
    }
  }
  return roots;
}

/** The greatest whole number whose power is not above the value. */
function wholeRoot(value: bigint, degree: number): bigint {
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    const power = degree === 2 ? middle * middle : middle * middle * middle;
    if (power > value) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return low;
}

function isPrime(value: number): boolean {
  for (let factor = 2; factor * factor <= value; factor += 1) {
    if (value % factor === 0) {
      return false;
    }
  }
  return true;
}

/** The message with a bit, zeros and its length, as 32-bit words. */
function paddedWords(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const padded = new Uint8Array(blocks * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  const bits = bytes.length * 8;
  const end = padded.length - 8;
  view.setUint32(littleEndian ? end : end + 4, bits >>> 0, littleEndian);
  view.setUint32(littleEndian ? end + 4 : end, Math.floor(bits / 2 ** 32), littleEndian);
  return Uint32Array.from({ length: blocks * 16 }, (_, at) => view.getUint32(at * 4, littleEndian));
}

/** hash_bytes of hashfn.c, which hashtext and hash_any are: Bob Jenkins's lookup3. */
export function hashBytes(bytes: Uint8Array): number {
  const start = (0x9e3779b9 + bytes.length + 3_923_095) >>> 0;
  let [a, b, c] = [start, start, start];
  let at = 0;
  const word = (from: number): number =>
    ((bytes[from] ?? 0) |
      ((bytes[from + 1] ?? 0) << 8) |
      ((bytes[from + 2] ?? 0) << 16) |
      ((bytes[from + 3] ?? 0) << 24)) >>>
    0;
  for (; bytes.length - at >= 12; at += 12) {
    [a, b, c] = mix((a + word(at)) >>> 0, (b + word(at + 4)) >>> 0, (c + word(at + 8)) >>> 0);
  }
  // The lowest byte of the last word is the length's.
  const rest = bytes.length - at;
  const last = rest > 8 ? (word(at + 8) << 8) >>> 0 : 0;
  [a, b, c] = final(
    (a + (rest > 0 ? word(at) : 0)) >>> 0,
    (b + (rest > 4 ? word(at + 4) : 0)) >>> 0,
    (c + last) >>> 0,
  );
  return c | 0;
}

function mix(first: number, second: number, third: number): [number, number, number] {
  let [a, b, c] = [first, second, third];
  a = ((a - c) ^ rotatedLeft(c, 4)) >>> 0;
  c = (c + b) >>> 0;
  b = ((b - a) ^ rotatedLeft(a, 6)) >>> 0;
  a = (a + c) >>> 0;
  c = ((c - b) ^ rotatedLeft(b, 8)) >>> 0;
  b = (b + a) >>> 0;
  a = ((a - c) ^ rotatedLeft(c, 16)) >>> 0;
  c = (c + b) >>> 0;
  b = ((b - a) ^ rotatedLeft(a, 19)) >>> 0;
  a = (a + c) >>> 0;
  c = ((c - b) ^ rotatedLeft(b, 4)) >>> 0;
  b = (b + a) >>> 0;
  return [a, b, c];
}

function final(first: number, second: number, third: number): [number, number, number] {
  let [a, b, c] = [first, second, third];
  c = ((c ^ b) - rotatedLeft(b, 14)) >>> 0;
  a = ((a ^ c) - rotatedLeft(c, 11)) >>> 0;
  b = ((b ^ a) - rotatedLeft(a, 25)) >>> 0;
  c = ((c ^ b) - rotatedLeft(b, 16)) >>> 0;
  a = ((a ^ c) - rotatedLeft(c, 4)) >>> 0;
  b = ((b ^ a) - rotatedLeft(a, 14)) >>> 0;
  c = ((c ^ b) - rotatedLeft(b, 24)) >>> 0;
  return [a, b, c];
}

function rotatedLeft(value: number, by: number): number {
  return ((value << by) | (value >>> (32 - by))) >>> 0;
}

function rotatedRight(value: number, by: number): number {
  return ((value >>> by) | (value << (32 - by))) >>> 0;
}

function swapped(value: number): number {
  return (
    ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)
  );
}

function hexOf(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
