// The module as text: base64 of xz, which is a third smaller than what browsers can unpack themselves.

import { XzReadableStream } from 'xz-decompress';

export async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Response(new XzReadableStream(new Blob([packed]).stream())).arrayBuffer();
}
