// Elements are made one way only: text is text. Nothing from a mail or a file name is ever parsed as HTML.

/**
 * An element. Properties that are functions are listeners, `true` and `false` are attributes that are there or not, and
 * children are elements or text.
 */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (typeof value === 'boolean') element.toggleAttribute(key, value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Text of others: what is invisible or changes direction is spelled out, and it does not change the text around it. */
export function foreign(text) {
  return h('bdi', {}, visible(text));
}

/** The text with characters that are invisible or control something spelled out. */
export function visible(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

/** Text for those who hear the page. */
export function announce(text) {
  document.getElementById('live').textContent = text;
}
