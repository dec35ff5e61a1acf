// What the program says, in words that fit a page, and in another language as far as they are known.

/**
 * A language's `phrases` replace words of the command line, wherever they are in a sentence. Its `program` translates whole
 * sentences: each rule is a pattern and its replacement, in which `$1` is a part as it was, `#1` a number in the form of the
 * language, and `{1}` a part that is translated by the same rules.
 */
export class Speaker {
  /**
   * @param {[string, string][]} phrases of English, which the program speaks
   * @param {[string, string][]} program of the language
   * @param {(value: number) => string} number
   */
  constructor(phrases, program, number) {
    this.phrases = phrases.map(([phrase, words]) => [new RegExp(phrase, 'gu'), words]);
    this.rules = program.map(([pattern, words]) => [new RegExp(`^(?:${pattern})$`, 'su'), words]);
    this.number = number;
  }

  /** English that fits a page. */
  english(text) {
    return this.phrases.reduce((words, [phrase, replacement]) => words.replace(phrase, replacement), text);
  }

  /** The sentence in the language, `null` if not all of it is known. */
  translated(text) {
    return this.translate(this.english(text));
  }

  translate(text) {
    for (const [rule, words] of this.rules) {
      const found = rule.exec(text);
      if (!found) continue;
      let isWhole = true;
      const result = words.replace(/([$#])(\d)|\{(\d)\}/g, (_, how, as, said) => {
        const part = found[as ?? said] ?? '';
        if (how === '$' || part === '') return part;
        if (how === '#') return this.number(Number(part.replaceAll(',', '')));
        const inner = this.translate(part);
        isWhole &&= inner !== null;
        return inner ?? '';
      });
      if (isWhole) return result;
    }
    return null;
  }
}
