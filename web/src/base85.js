// Bytes as text that may be in an HTML file: base 85, a sixteenth shorter than base 64.

// Digits are the characters from # on, without <, which could end the element.
const digit = (code) => code - (code > 60 ? 36 : 35);
const character = (digit) => String.fromCharCode(digit + (digit > 24 ? 36 : 35));

/** Bytes from text: four of five characters. */
export function decode(text) {
  const bytes = new DataView(new ArrayBuffer(text.length / 5 * 4));
  for (let at = 0; at < text.length; at += 5) {
    let value = 0;
    for (let n = 0; n < 5; n += 1) value = value * 85 + digit(text.charCodeAt(at + n));
    bytes.setUint32(at / 5 * 4, value);
  }
  return bytes.buffer;
}

/** Text of bytes, whose number is a multiple of four. */
export function encode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const value = view.getUint32(at);
    for (let power = 85 ** 4; power >= 1; power /= 85) text += character(Math.floor(value / power) % 85);
  }
  return text;
}
