/**
 * A query's text, and where its bytes lie in it: the parser counts in bytes, and PostgreSQL's
 * errors in characters.
 */
export class SourceText {
  readonly sql: string;
  /** True where every byte is a character. */
  readonly #isPlain: boolean;

  constructor(sql: string) {
    this.sql = sql;
    this.#isPlain = !/\P{ASCII}/u.test(sql);
  }

  /** The number of characters, which are code points, in front of a byte of the UTF-8 text. */
  charactersBefore(bytes: number): number {
    if (this.#isPlain) {
      return Math.min(bytes, this.sql.length);
    }
    let count = 0;
    let left = bytes;
    for (const character of this.sql) {
      if (left <= 0) {
        break;
      }
      const code = character.codePointAt(0) ?? 0;
      left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      count += 1;
    }
    return count;
  }
}
