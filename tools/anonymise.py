#!/usr/bin/env python3
"""Replaces the text of a mailbox and keeps its structure, for a bug report: anonymise.py [--keep FIELD]... MAILBOX > anonymised.mbox

Every line keeps its length, line end and place. Kept as they are: names of header fields, dates, kinds of MIME parts and
their boundaries, Gmail's own labels, and `>` of quoted lines. All other letters and digits are replaced: text becomes `xxx`,
numbers `000`, and letters with accents or of other scripts become one letter of their size. In addresses, identifiers,
labels and names of files the same word becomes the same random word, so that what belongs together still does. Another run
gives other words.

Signatures no longer match their text, archives and pictures become unreadable, and times in Gmail's ids change by up to
three hours. `--keep Subject` leaves a field as it is. Read the result before you send it.
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
    rb"|x-gmail-labels|x-keywords|x-mozilla-keys|x-folder)$"
)
DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
TIME = rb"\d{1,2}:\d\d(?::\d\d)?"
ZONES = rb"UTC|Z|[A-Z]{1,5}T"
ZONE = rb"(?:[ \t]+(?:[-+]\d{4}|(?:" + ZONES + rb")\b))"
DATE = (
    rb"(?:\b" + DAY + rb",?[ \t]+)?\b"
    rb"(?:" + MONTH + rb"[ \t]+\d{1,2}[ \t]+" + TIME + ZONE + rb"*[ \t]+\d{4}\b"
    rb"|\d{1,2}[ \t-]+" + MONTH + rb"[ \t-]+\d{2,4}[ \t]+" + TIME + rb"\b)" + ZONE + rb"?"
)
# What is kept in the fields that say how the rest is to be read.
KINDS = (
    rb"^[ \t]*(?:(?:text|multipart|message|application|image|audio|video|font|model)/[-+.a-z0-9]+|attachment|inline)(?=[ \t]*(?:;|$))"
    rb"|\bboundary[ \t]*=[ \t]*(?:\"[^\"]*\"|[^;\s]+)"
    rb"|\b(?:charset|format|delsp|type|protocol|micalg|report-type)[ \t]*=[ \t]*\"?[-+./a-z0-9_]+\"?"
    rb"|\b(?:file)?name(?:\*[0-9*]*)?[ \t]*="
)
NUMBER_OR_FLAGS = rb"^[ \t]*(?-i:[.0-9]{1,10}|[0-9][0-9a-f]{3,7}|[ADFORT]{1,5})[ \t]*$"
KEPT = [
    (re.compile(fields + rb"$", re.IGNORECASE), re.compile(kept, re.IGNORECASE))
    for fields, kept in (
        (rb"received", DATE),
        (rb"content-type|content-disposition", KINDS),
        (rb"content-transfer-encoding", rb"^[ \t]*(?:7bit|8bit|binary|base64|quoted-printable)[ \t]*$"),
        (rb"mime-version|content-length|lines|x-uid|status|x-status|x-mozilla-status2?", NUMBER_OR_FLAGS),
    )
]
ANY_DATE = re.compile(DATE)
FIELD = re.compile(rb"([!-9;-~]+)([ \t]*:)(.*)", re.DOTALL)
NAME = re.compile(rb"[-_A-Za-z0-9]+$")
FROM = re.compile(rb"(>*From )(.*)", re.DOTALL)
# Where a date begins in a From_ line that begins a message: programs write it in many ways.
DATED = re.compile(rb"(?:" + DAY + rb",? .*|\d{4}-\d\d-\d\d.*|\d+ " + MONTH + rb" \d{4}.*|-?\s*)$", re.DOTALL)
DATE_WORD = re.compile(
    rb"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
    rb"|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
    rb"|[AP]M|" + ZONES + rb"|\d{1,4}|remote|from)$"
)
# The first digits of Gmail's id are its time.
GMAIL_ID = re.compile(rb"\d{6}(?=\d{9,14}(?:-[-0-9a-f]{36}\.mbox)?@xxx )")
# Words that programs write, and that say what a message, a label or a line is.
PROGRAMS = (
    b"Inbox Sent Drafts Draft Spam Trash Bin Starred Important Chat Opened Unread Archived Archive Muted Snoozed "
    b"Category Personal Social Promotions Updates Forums Purchases Google All Mail Gmail MAILER DAEMON at mbox mboxrd xxx z"
).split()
INTERNAL = b"DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"
ATTACHED = re.compile(rb"(?i)[-_=*: \t]*(begin|end) (included|forwarded) message[-_=*: \t]*$")
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
    letters = 6 if re.fullmatch(rb"[0-9a-f]+", word) else 26
    digest = hashlib.blake2b(word.lower(), key=KEY, digest_size=64).digest()
    becomes = bytearray()
    for at, byte in enumerate(word):
        some = digest[at % len(digest)]
        if chr(byte).isdigit():
            becomes.append(ord("1") + some % 9)
        else:
            becomes.append(ord("A" if chr(byte).isupper() else "a") + some % letters)
    return bytes(becomes)


def all_but(kept, text):
    """The text with other words instead of all that the pattern does not match."""
    result, at = b"", 0
    for match in kept.finditer(text):
        result += WORD.sub(identity, text[at : match.start()]) + match[0]
        at = match.end()
    return result + WORD.sub(identity, text[at:])


def date(text):
    """A date in any form, without words that are in no date."""
    return WORD.sub(lambda word: word[0] if DATE_WORD.match(word[0]) else identity(word), text)


def from_line(text, begins_message):
    """What follows `From `: its date stays, and the time in Gmail's id."""
    if not begins_message:
        return all_but(ANY_DATE, text)
    at = DATED.search(text).start()
    return all_but(GMAIL_ID, text[:at]) + date(text[at:])


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
        if found:
            heads = FIELD.match(following) or following.startswith(b">From ")
            begins_message = heads and not text.startswith(b">") and DATED.search(found[2])
            if begins_message:
                self.begin_header()
            text = found[1] + from_line(found[2], begins_message)
        elif text.startswith(b"--") and text[2:].removesuffix(b"--").rstrip() in self.boundaries:
            self.begin_header()
        elif not text:
            self.in_header, self.wraps_message = self.in_header and self.wraps_message, False
        elif self.in_header:
            text = self.header(text)
        elif not ATTACHED.match(text):
            text = WORD.sub(token, text)
        return text + end

    def begin_header(self):
        self.in_header, self.field, self.wraps_message = True, b"", False

    def header(self, text):
        name, value = b"", text
        if text[:1] not in b" \t":
            found = FIELD.match(text)
            self.field = found[1].lower() if found else b""
            if found and NAME.match(found[1]):
                name, value = found[1] + found[2], found[3]
        if self.field in self.keep or value.strip() == INTERNAL:
            return text
        if self.field == b"date":
            return name + date(value)
        kept = next((kept for fields, kept in KEPT if fields.match(self.field)), None)
        if kept:
            self.boundaries.update(re.findall(rb'(?i)boundary\s*=\s*"?([^";]+)"?', value))
            self.wraps_message |= self.field == b"content-type" and b"message/rfc822" in value.lower()
            return name + all_but(kept, value)
        return name + WORD.sub(identity if IDENTIFYING.match(self.field) else token, value)


def lines(file):
    """Lines with their ends, also those of old Macs."""
    for line in file:
        yield from re.findall(rb"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", line)


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
    for line in lines(arguments.mailbox):
        if previous is not None:
            sys.stdout.buffer.write(anonymiser.line(previous, line))
        previous = line
    if previous is not None:
        sys.stdout.buffer.write(anonymiser.line(previous, b""))


if __name__ == "__main__":
    main()
