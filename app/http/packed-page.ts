/**
 * A page with gaps, packed once and filled for each visitor (gzip: RFC 1952, deflate: RFC 1951). Deflate is a row of blocks:
 * each piece is packed by itself and ends on a full byte, so between two of them a value stands as a block that is not
 * packed. Only the checksum of the whole is computed each time.
 */
import { promisify } from "node:util";
import { constants, crc32, deflateRaw, type ZlibOptions } from "node:zlib";
import { unpooled } from "#app/unpooled.ts";

/** Deflate, no name, no time, of an unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** A last block, of nothing. */
const LAST_BLOCK = Buffer.from([0x01, 0, 0, 0xff, 0xff]);
/** As far back as deflate refers. */
const WINDOW = 32_768;
/** A byte that is nowhere in UTF-8: nothing is found in a gap that is filled with it. */
const NOWHERE = 0xff;
const pack = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

/** For gaps of these lengths alone. */
export interface PackedPieces {
  gaps: number[];
  blocks: Buffer[];
}

/**
 * Each of the pieces as blocks that refer to the pieces before it, over the gaps, `gaps[n]` bytes long after piece n. They
 * do not refer to what is in the gaps.
 */
export async function packPieces(pieces: Buffer[], gaps: number[]): Promise<PackedPieces> {
  const blocks: Promise<Buffer>[] = [];
  let before = Buffer.alloc(0);
  for (const [index, piece] of pieces.entries()) {
    const dictionary = before.length > 0 ? { dictionary: before } : {};
    blocks.push(pack(piece, { level: 9, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary }));
    before = Buffer.concat([before, piece, Buffer.alloc(gaps[index] ?? 0, NOWHERE)]).subarray(-WINDOW);
  }
  return { gaps, blocks: unpooled(await Promise.all(blocks)) };
}

/** `values[n]` fills the gap after piece n, and has its length, at most 65,535 bytes. */
export function fillPacked(pieces: Buffer[], { blocks }: PackedPieces, values: Buffer[]): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [HEADER];
  let checksum = 0;
  let size = 0;
  for (const [index, piece] of pieces.entries()) {
    const block = blocks[index];
    if (!block) throw new Error("a piece was not packed");
    parts.push(block);
    checksum = crc32(piece, checksum);
    size += piece.length;
    const value = values[index];
    if (!value) continue;
    parts.push(storedBlockOf(value.length), value);
    checksum = crc32(value, checksum);
    size += value.length;
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  return Buffer.concat([...parts, LAST_BLOCK, trailer]);
}

function storedBlockOf(length: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(length, 1);
  head.writeUInt16LE(0xffff - length, 3);
  return head;
}
