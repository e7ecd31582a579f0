import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { hexToBytes, hexToText, parseBytea, parseHex, textToHex } from "../types/bytea.ts";
import { charactersOf } from "../types/character.ts";
import { str } from "../types/text.ts";
import { num } from "../types/whole.ts";
import { hashBytes, md5, sha256 } from "./hash.ts";
import type { Implementations } from "./implementation.ts";

const encoder = new TextEncoder();
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LINE_LENGTH = 76;

/** Operators and functions of bytea, encodings and hashes. */
export const BYTES_FUNCTIONS: Implementations = {
  byteacat: (left, right) => str(left) + str(right),
  byteaoctetlen: (bytes) => str(bytes).length / 2,
  "bit_length(bytea)": (bytes) => str(bytes).length * 4,
  bytea_substr: (bytes, from, length) => part(str(bytes), num(from), num(length)),
  bytea_substr_no_len: (bytes, from) => part(str(bytes), num(from), null),
  byteapos: (bytes, wanted) => position(str(bytes), str(wanted)),
  byteaGetByte: (bytes, at) => byteAt(str(bytes), num(at)),
  byteaSetByte: (bytes, at, value) => withByte(str(bytes), num(at), num(value)),
  binary_encode: (bytes, format) => encode(str(bytes), str(format)),
  binary_decode: (text, format) => decode(str(text), str(format)),
  pg_convert_to: (text, encoding) => textToHex(inUtf8(str(text), str(encoding))),
  pg_convert_from: (bytes, encoding) => {
    inUtf8("", str(encoding));
    return hexToText(str(bytes)) ?? refuseBytes(str(bytes));
  },
  md5_text: (text) => md5(encoder.encode(str(text))),
  md5_bytea: (bytes) => md5(hexToBytes(str(bytes))),
  sha256_bytea: (bytes) => sha256(hexToBytes(str(bytes))),
  hashtext: (text) => hashBytes(encoder.encode(str(text))),
};

function refuseBytes(hex: string): never {
  throw new NotSimulated("the error for bytes that are no text", hex);
}

function part(hex: string, from: number, length: number | null): string {
  if (length !== null && length < 0) {
    throw new PostgresError("22011", "negative substring length not allowed");
  }
  const end = length === null ? Infinity : from + length;
  return hex.slice((Math.max(from, 1) - 1) * 2, (Math.max(end, 1) - 1) * 2);
}

function position(hex: string, wanted: string): number {
  for (let at = 0; at + wanted.length <= hex.length; at += 2) {
    if (hex.startsWith(wanted, at)) {
      return at / 2 + 1;
    }
  }
  return 0;
}

function byteAt(hex: string, at: number): number {
  demandPlace(hex, at);
  return Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
}

function withByte(hex: string, at: number, value: number): string {
  demandPlace(hex, at);
  const byte = (value & 0xff).toString(16).padStart(2, "0");
  return hex.slice(0, 2 * at) + byte + hex.slice(2 * at + 2);
}

function demandPlace(hex: string, at: number): void {
  if (at < 0 || at >= hex.length / 2) {
    throw new PostgresError("2202E", `index ${at} out of valid range, 0..${hex.length / 2 - 1}`);
  }
}

function encode(hex: string, format: string): string {
  switch (format.toLowerCase()) {
    case "hex":
      return hex;
    case "base64":
      return toBase64(hexToBytes(hex));
    case "escape":
      return toEscaped(hexToBytes(hex));
    default:
      throw unknownFormat(format);
  }
}

function decode(text: string, format: string): string {
  switch (format.toLowerCase()) {
    case "hex":
      return parseHex(text);
    case "base64":
      return fromBase64(text);
    case "escape":
      return parseBytea(text.startsWith(String.raw`\x`) ? refuseEscape(text) : text);
    default:
      throw unknownFormat(format);
  }
}

function refuseEscape(text: string): never {
  throw new NotSimulated("decode(..., 'escape') of a text that begins with \\x", text);
}

function unknownFormat(format: string): PostgresError {
  return new PostgresError("22023", `unrecognized encoding: "${format}"`);
}

/** With a line break after each 76 characters, as RFC 2045 has it. */
function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((by) => ALPHABET[(word >> by) & 63] ?? "");
    const kept = Math.min(bytes.length - at, 3) + 1;
    text += digits.slice(0, kept).join("").padEnd(4, "=");
  }
  return text.replaceAll(new RegExp(`(.{${LINE_LENGTH}})(?=.)`, "g"), "$1\n");
}

function fromBase64(text: string): string {
  const digits = text.replaceAll(/[ \t\n\r]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    const wrong = /[^A-Za-z0-9+/=]/u.exec(digits)?.[0];
    if (wrong !== undefined) {
      const message = `invalid symbol "${wrong}" found while decoding base64 sequence`;
      throw new PostgresError("22023", message);
    }
    throw new NotSimulated("the error for this base64 text", text);
  }
  let hex = "";
  for (let at = 0; at < digits.length; at += 4) {
    const four = digits.slice(at, at + 4);
    const word = charactersOf(four).reduce(
      (sum, one) => sum * 64 + Math.max(ALPHABET.indexOf(one), 0),
      0,
    );
    const kept = four.replaceAll("=", "").length - 1;
    hex += word
      .toString(16)
      .padStart(6, "0")
      .slice(0, kept * 2);
  }
  return hex;
}

function toEscaped(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0x5c) {
      text += String.raw`\\`;
    } else if (byte === 0 || byte > 0x7f) {
      text += `\\${byte.toString(8).padStart(3, "0")}`;
    } else {
      text += String.fromCharCode(byte);
    }
  }
  return text;
}

function inUtf8(text: string, encoding: string): string {
  if (!/^utf-?8$/i.test(encoding)) {
    throw new NotSimulated("an encoding other than UTF8", encoding);
  }
  return text;
}
