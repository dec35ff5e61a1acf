// Mailboxes, archives and damage for the tests: the same bytes each time.

import { createWriteStream } from 'node:fs';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { once } from 'node:events';

const SENDERS = ['ann@example.org', 'bob@example.org', 'news@example.com', 'J=C3=B6rg'];
const LABELS = ['Inbox', 'Sent', 'Work/Project X', 'Inbox,Important,Opened', 'Spam', 'Archived,Opened', 'Family,Starred'];

/** Message number `n` of an export, about `bytes` long. */
export function message(n, bytes) {
  const second = 1_500_000_000 + n * 7919 % 300_000_000;
  const date = new Date(second * 1000);
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  let body = '';
  let seed = n;
  while (body.length < bytes) {
    // A generator of pseudo-random numbers: the text is neither constant nor new each time.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    body += `Line ${seed.toString(36)} of the letter ${n}, ${(seed >>> 3).toString(16)} and more\r\n`;
    if (seed % 97 === 0) body += '>From the garden\r\n';
  }
  return `From ${1_600_000_000_000_000_000n + BigInt(n)}@xxx ${weekday} ${month} ${day} ${time} +0000 ${year}\r\n`
    + `X-GM-THRID: ${1_600_000_000_000_000_000n + BigInt(n)}\r\nX-Gmail-Labels: ${LABELS[n % LABELS.length]}\r\n`
    + `Message-ID: <${n}@example.org>\r\nFrom: ${SENDERS[n % SENDERS.length]}\r\nTo: ann@example.net\r\n`
    + `Date: ${date.toUTCString().replace('GMT', '+0000')}\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_${n}?=\r\n\r\n${body}\r\n`;
}

/** A mailbox of about so many bytes, with messages of very different sizes from number `first` on. */
export function* mailbox(bytes, first = 1) {
  let written = 0;
  for (let n = first; written < bytes; n += 1) {
    const text = Buffer.from(message(n, n % 500 === 0 ? 1_000_000 : n % 10 === 0 ? 40_000 : 1500));
    written += text.length;
    yield text;
  }
}

export async function write(path, parts) {
  const file = createWriteStream(path);
  for (const part of parts) if (!file.write(part)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
}

/** A ZIP of these files, `{ name: bytes }`. */
export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = deflateRawSync(bytes, { level: 1 });
    const coded = Buffer.from(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x800, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt16LE(0x21, 8);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(coded.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), head, place, coded);
    parts.push(Buffer.from('PK\x03\x04'), head, coded, packed);
    offset += 30 + coded.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** The entries of a ZIP: name to time and bytes. */
export function entries(archive) {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const found = new Map();
  let at = archive.readUInt32LE(end + 16);
  for (let n = archive.readUInt16LE(end + 10); n > 0; n -= 1) {
    const [method, time, crc] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 12), archive.readUInt32LE(at + 16)];
    const [length, name, extra, comment] = [archive.readUInt32LE(at + 20), ...[28, 30, 32].map((field) => archive.readUInt16LE(at + field))];
    const local = archive.readUInt32LE(at + 42);
    const data = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(data, data + length);
    const bytes = method === 8 ? inflateRawSync(packed) : packed;
    if (crc32(bytes) !== crc) throw new Error('the sum of an entry is wrong');
    found.set(archive.toString('utf8', at + 46, at + 46 + name), { time, bytes });
    at += 46 + name + extra + comment;
  }
  return found;
}
