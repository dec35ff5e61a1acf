#!/usr/bin/env python3
"""Makes a mailbox that can be attached to a bug report: anonymise.py [--keep FIELD]... MAILBOX > anonymised.mbox

Every line keeps its length, line end and place, and so do From_ lines, names of header fields, dates, MIME structure and
quoting. Everything else loses its letters and digits: text becomes `xxx`, numbers `000`, letters with accents and those
of other scripts one and the same of their size. In addresses, identifiers, labels and names of files the same word
becomes the same meaningless word, so that what belongs together still does; another run makes other words of them.

Signatures of messages do not fit their text any longer, and archives and pictures become unreadable. `--keep Subject`
leaves a field as it is. Read the result before you send it.
"""

import argparse
import base64
import codecs
import hashlib
import re
import secrets
import sys

KEY = secrets.token_bytes(16)
# Fields in which it matters what is the same as something else.
IDENTIFYING = re.compile(
    rb"(?i)(message-id|in-reply-to|references|from|to|cc|bcc|sender|reply-to|return-path|delivered-to|x-gm-.*"
    rb"|x-gmail-labels|x-keywords|x-folder|received)$"
)
# Fields that say how the rest is to be read.
STRUCTURE = re.compile(
    rb"(?i)(date|mime-version|content-.*|status|x-status|x-mozilla-.*|x-uid.*|lines|importance|priority|x-priority)$"
)
FIELD = re.compile(rb"([!-9;-~]+)([ \t]*:)(.*)", re.DOTALL)
FROM = re.compile(rb"(>*From )(.*)", re.DOTALL)
# Where a date begins, in a From_ line.
DATE = re.compile(rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*|\d{4}-\d\d-\d\d.*|\d+ [A-Z][a-z]{2} \d{4}.*|-?\s*)$", re.DOTALL)
# Words that programs write, and that say what a message, a label or a line is.
PROGRAMS = (
    b"Inbox Sent Drafts Draft Spam Trash Bin Starred Important Chat Opened Unread Archived Archive Muted Snoozed "
    b"Category Personal Social Promotions Updates Forums Purchases Google All Mail Gmail MAILER DAEMON"
).split()
INTERNAL = b"DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"
ATTACHED = re.compile(rb"-{3,} ?(Begin|End|Original|Forwarded) [A-Za-z ]*Message ?-{3,}$")
WORD = re.compile(rb"=\?[!->@-~]+\?[BbQq]\?[!->@-~]*\?=|=[0-9A-Fa-f]{2}|[A-Za-z0-9]+|[\x80-\xff]+|[^A-Za-z0-9\x80-\xff]")


def blank(byte):
    """What a byte becomes. Bytes of a letter in UTF-8 become the bytes of another one of the same length."""
    for first, last, becomes in (b"azx", b"AZX", b"090", b"\x80\xbf\x80", b"\xc2\xdf\xc3", b"\xe0\xef\xe4", b"\xf0\xf4\xf1", b"\xf5\xff\xf5"):
        if first <= byte <= last:
            return becomes
    return byte


BLANK = bytes(map(blank, range(256)))


def token(match):
    """A word, encoded word or quoted-printable byte, with nothing left of what it says."""
    word = match[0]
    if word.startswith(b"=?"):
        start, text = word[: word.index(b"?", 2) + 3], word[word.index(b"?", 2) + 3 : -2]
        if word[len(start) - 2 : len(start) - 1] in b"Bb":
            try:
                text = base64.b64encode(base64.b64decode(text, validate=True).translate(BLANK))
            except ValueError:
                text = text.translate(BLANK)
        else:
            text = WORD.sub(token, text)
        return start + text + b"?="
    if re.fullmatch(rb"=[0-9A-Fa-f]{2}", word):
        return b"=%02X" % BLANK[int(word[1:], 16)]
    return word.translate(BLANK)


def identity(match):
    """Another word instead of this one, always the same."""
    word = match[0]
    if word in PROGRAMS:
        return word
    if not word[:1].isalnum():
        return token(match)
    hexadecimal = len(word) >= 16 and re.fullmatch(rb"[0-9a-f]+", word)
    digest = hashlib.blake2b(word.lower(), key=KEY, digest_size=64).digest()
    becomes = bytearray()
    for at, byte in enumerate(word):
        some = digest[at % len(digest)]
        if hexadecimal:
            becomes += b"%x" % (some % 16)
        elif chr(byte).isdigit():
            becomes.append(ord("1") + some % 9)
        else:
            becomes.append(ord("A" if chr(byte).isupper() else "a") + some % 26)
    return bytes(becomes)


def parameters(value):
    """Content-Type and the like: names of files are not structure."""
    return re.sub(rb'(?i)((?:file)?name(?:\*[0-9*]*)?\s*=\s*)("[^"]*"|[^;\s]+)', lambda m: m[1] + WORD.sub(identity, m[2]), value)


class Anonymiser:
    def __init__(self, keep):
        self.keep = {name.lower().encode() for name in keep}
        self.in_header = True
        self.field = b""
        self.boundaries = set()
        self.wraps_message = False

    def line(self, line, following):
        text = line.rstrip(b"\r\n")
        end = line[len(text) :]
        found = FROM.match(text)
        if found and not found[1].startswith(b">") and DATE.search(found[2]) and FIELD.match(following):
            self.in_header, self.field, self.wraps_message = True, b"", False
            text = self.from_line(found)
        elif found:
            text = self.from_line(found)
        elif text.startswith(b"--") and text[2:].removesuffix(b"--").rstrip() in self.boundaries:
            self.in_header, self.field, self.wraps_message = True, b"", False
        elif not text:
            self.in_header, self.wraps_message = self.in_header and self.wraps_message, False
        elif self.in_header:
            text = self.header(text)
        elif not ATTACHED.match(text):
            text = WORD.sub(token, text)
        return text + end

    @staticmethod
    def from_line(found):
        rest = found[2]
        date = DATE.search(rest)
        at = date.start() if date else len(rest)
        return found[1] + WORD.sub(identity, rest[:at]) + rest[at:]

    def header(self, text):
        found = None if text[:1] in b" \t" else FIELD.match(text)
        if found:
            self.field = found[1].lower()
        name, value = (found[1] + found[2], found[3]) if found else (b"", text)
        if self.field in self.keep or value.strip() == INTERNAL:
            return text
        if STRUCTURE.match(self.field):
            self.boundaries.update(re.findall(rb'(?i)boundary\s*=\s*"?([^";]+)"?', value))
            self.wraps_message |= self.field == b"content-type" and b"message/rfc822" in value.lower()
            return name + parameters(value)
        if self.field == b"received":
            before, semicolon, date = value.rpartition(b";")
            return name + WORD.sub(identity, before) + semicolon + date
        return name + WORD.sub(identity if IDENTIFYING.match(self.field) else token, value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="append", default=[], metavar="FIELD", help="leave this header field as it is")
    parser.add_argument("mailbox", type=argparse.FileType("rb"), help="`-` reads standard input")
    arguments = parser.parse_args()
    anonymiser = Anonymiser(arguments.keep)
    mark = arguments.mailbox.peek(3)[:3]
    if mark == codecs.BOM_UTF8:
        sys.stdout.buffer.write(arguments.mailbox.read(3))
    previous = None
    for line in arguments.mailbox:
        if previous is not None:
            sys.stdout.buffer.write(anonymiser.line(previous, line))
        previous = line
    if previous is not None:
        sys.stdout.buffer.write(anonymiser.line(previous, b""))


if __name__ == "__main__":
    main()
