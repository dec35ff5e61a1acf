// Bytes as text that may be in an HTML file, as short as ASCII allows: nine bytes are eleven digits of base 94, and base 64
// would be a twelfth longer. The first digit is how many bytes at the end are none.

const BYTES = 9;
const DIGITS = 11;
const BASE = 94;

// Digits are the characters from the blank on, without <, which could end the element.
const digit = (code) => code - (code > 60 ? 33 : 32);
const character = (digit) => String.fromCharCode(digit + (digit > 27 ? 33 : 32));

export function decode(text) {
  const groups = (text.length - 1) / DIGITS;
  const bytes = new Uint8Array(groups * BYTES);
  for (let group = 0; group < groups; group += 1) {
    // The value as three numbers of 24 bits: much faster than one with all.
    let high = 0, middle = 0, low = 0;
    for (let n = 1; n <= DIGITS; n += 1) {
      low = low * BASE + digit(text.charCodeAt(group * DIGITS + n));
      middle = middle * BASE + (low >>> 24);
      high = high * BASE + (middle >>> 24);
      low &= 0xff_ffff;
      middle &= 0xff_ffff;
    }
    bytes.set([high >> 16, high >> 8, high, middle >> 16, middle >> 8, middle, low >> 16, low >> 8, low], group * BYTES);
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
      group = character(Number(value % BigInt(BASE))) + group;
      value /= BigInt(BASE);
    }
    text += group;
  }
  return text;
}
