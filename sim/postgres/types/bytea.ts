import { PostgresError } from "../ground/postgres-error.ts";

/** byteain: the bytes as hexadecimal digits, which is how the engine holds them. */
export function parseBytea(text: string): string {
  return text.startsWith(String.raw`\x`) ? parseHex(text.slice(2)) : parseEscaped(text);
}

/** hex_decode, which lets white space stand between bytes. @throws PostgresError 22023 */
export function parseHex(text: string): string {
  let digits = "";
  for (const character of text) {
    if (/[0-9A-Fa-f]/.test(character)) {
      digits += character.toLowerCase();
    } else if (digits.length % 2 === 1 || !/[ \t\n\r]/.test(character)) {
      throw new PostgresError("22023", `invalid hexadecimal digit: "${character}"`);
    }
  }
  if (digits.length % 2 === 1) {
    throw new PostgresError("22023", "invalid hexadecimal data: odd number of digits");
  }
  return digits;
}

function parseEscaped(text: string): string {
  let plain = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character !== "\\") {
      plain += bytesToHex(encoder.encode(character));
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(text.slice(at + 1))?.[0];
    if (octal !== undefined) {
      plain += Number.parseInt(octal, 8).toString(16).padStart(2, "0");
      at += 3;
    } else if (text[at + 1] === "\\") {
      plain += "5c";
      at += 1;
    } else {
      throw new PostgresError("22P02", "invalid input syntax for type bytea");
    }
  }
  return plain;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes as hexadecimal digits. */
function bytesToHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) {
    hex += byte.toString(16).padStart(2, "0");
  }
  return hex;
}

/** The bytes that the digits stand for. */
export function hexToBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}

/** The UTF-8 bytes of a text, as hexadecimal digits. */
export function textToHex(text: string): string {
  return bytesToHex(encoder.encode(text));
}

/** The text of which these are the UTF-8 bytes, or undefined when they are of none. */
export function hexToText(hex: string): string | undefined {
  try {
    return decoder.decode(hexToBytes(hex));
  } catch {
    return undefined;
  }
}

/** Quoted for an output in the style `hex`. */
export function formatBytea(hex: string): string {
  return String.raw`\x` + hex;
}
