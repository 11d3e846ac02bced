/**
 * The same bytes, in memory of their own. Node cuts small buffers out of slabs of 64 KiB, and one that is kept keeps all of its slab:
 * what is remembered up to so many bytes would take many times as many.
 */
export function unpooled(buffers: Uint8Array[]): Buffer<ArrayBuffer>[] {
  const all = Buffer.allocUnsafeSlow(buffers.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  return buffers.map((buffer) => {
    const begin = end;
    end += buffer.length;
    all.set(buffer, begin);
    return all.subarray(begin, end);
  });
}
