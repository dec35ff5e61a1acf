// Bytes as text that may be in an HTML file, as short as ASCII allows: nine bytes are eleven digits of base 94, and base 64
// would be a twelfth longer. The first digit is how many bytes at the end are none.

const BYTES = 9;
const DIGITS = 11;
const BASE = 94n;

// Digits are the characters from the blank on, without <, which could end the element.
const digit = (code) => code - (code > 60 ? 33 : 32);
const character = (digit) => String.fromCharCode(digit + (digit > 27 ? 33 : 32));

export function decode(text) {
  const groups = (text.length - 1) / DIGITS;
  const bytes = new Uint8Array(groups * BYTES);
  for (let group = 0; group < groups; group += 1) {
    let value = 0n;
    for (let n = 1; n <= DIGITS; n += 1) value = value * BASE + BigInt(digit(text.charCodeAt(group * DIGITS + n)));
    for (let n = BYTES - 1; n >= 0; n -= 1) {
      bytes[group * BYTES + n] = Number(value & 0xffn);
      value >>= 8n;
    }
  }
  return bytes.subarray(0, bytes.length - digit(text.charCodeAt(0)));
}

export function encode(bytes) {
  const missing = (BYTES - bytes.length % BYTES) % BYTES;
  const whole = new Uint8Array(bytes.length + missing);
  whole.set(bytes);
  let text = character(missing);
  for (let at = 0; at < whole.length; at += BYTES) {
    let value = whole.subarray(at, at + BYTES).reduce((value, byte) => value << 8n | BigInt(byte), 0n);
    let group = '';
    for (let n = 0; n < DIGITS; n += 1) {
      group = character(Number(value % BASE)) + group;
      value /= BASE;
    }
    text += group;
  }
  return text;
}
