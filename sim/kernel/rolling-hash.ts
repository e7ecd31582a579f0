/** A digest as two whole numbers of 32 bits. */
export interface HashWords {
  readonly first: number;
  readonly second: number;
}

/**
 * A hash of everything fed to it so far, in order, in two 32-bit lanes that feed each other.
 *
 * Made for telling two runs apart, not against an adversary. Only whole-number operations, so every
 * engine and platform gives the same digest.
 */
export class RollingHash {
  #first = 0x243f6a88;
  #second = 0x85a308d3;

  /** Feeds a whole number within Number.MAX_SAFE_INTEGER. */
  addNumber(value: number): void {
    if (value >= 0 && value < 0x8000_0000) {
      this.#addWord(value);
      return;
    }
    this.#addWord(value | 0);
    const high = Math.floor(value / 0x1_0000_0000);
    if (high !== 0) {
      this.#addWord(high | 0);
    }
  }

  /** Feeds a text by its UTF-16 units, length first: "ab","c" differs from "a","bc". */
  addText(text: string): void {
    const length = text.length;
    this.#addWord(length);
    let index = 0;
    for (; index + 1 < length; index += 2) {
      this.#addWord(text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16));
    }
    if (index < length) {
      this.#addWord(text.charCodeAt(index));
    }
  }

  /** Feeds all that was fed to another. */
  addWords({ first, second }: HashWords): void {
    this.#addWord(first);
    this.#addWord(second);
  }

  /** All that was fed so far, to be fed to another hash. */
  toWords(): HashWords {
    return { first: this.#first, second: this.#second };
  }

  /** Sixteen hexadecimal digits. More may be fed afterwards. */
  digest(): string {
    return hexadecimal(this.#first) + hexadecimal(this.#second);
  }

  #addWord(word: number): void {
    const first = Math.imul(this.#first ^ word, 0x9e3779b1);
    this.#first = first ^ (first >>> 15);
    const second = Math.imul((this.#second + word) ^ this.#first, 0x85ebca77);
    this.#second = second ^ (second >>> 13);
  }
}

function hexadecimal(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}
