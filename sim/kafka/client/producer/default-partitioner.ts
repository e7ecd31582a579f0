/**
 * The partition that kafkajs's default partitioner (and the Java client's) chooses for a key:
 * murmur2 over its UTF-8 bytes, made positive, modulo the number of partitions. More partitions
 * move keys.
 */
export function partitionForKey(key: string, partitionCount: number): number {
  return (murmur2(encodeKey(key)) & 0x7fff_ffff) % partitionCount;
}

/**
 * Valid until the next call: nearly all keys fit into one buffer, and a new one for each is dear.
 */
function encodeKey(key: string): Uint8Array {
  // A UTF-16 unit makes at most three bytes of UTF-8.
  if (key.length * 3 > keyBuffer.length) {
    return encoder.encode(key);
  }
  return keyBuffer.subarray(0, encoder.encodeInto(key, keyBuffer).written);
}

const encoder = new TextEncoder();
const keyBuffer = new Uint8Array(1_024);
const MULTIPLIER = 0x5bd1_e995;

/** As in org.apache.kafka.common.utils.Utils.murmur2. */
function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let hash = 0x9747_b28c ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let word = Math.imul(view.getInt32(index, true), MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (index < length) {
    for (let rest = length - 1; rest >= index; rest -= 1) {
      hash ^= view.getUint8(rest) << (8 * (rest - index));
    }
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return hash ^ (hash >>> 15);
}
