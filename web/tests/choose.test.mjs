// What is dropped: nothing gets in the way of anything else.
//
//   node --test tests/choose.test.mjs

import assert from 'node:assert/strict';
import test from 'node:test';
import { Chosen } from '../src/choose.js';
import { Directory, Input } from '../src/files.js';

const file = (size) => ({ size, lastModified: size });

/** The paths that the program sees, each with the size of its file. */
function seen(...drops) {
  const chosen = new Chosen();
  for (const drop of drops) chosen.add(drop);
  const root = new Directory(() => null);
  for (const { path, file: one } of chosen.inputs) root.add(path, new Input(one));
  return chosen.inputs.map(({ path }) => [path, root.find(path).size]);
}

test('a folder and a file with one name are both there, in whichever order they come', () => {
  const folder = [{ path: 'mail/Inbox.mbox', file: file(1) }, { path: 'mail/Sent.mbox', file: file(2) }];
  const single = [{ path: 'mail', file: file(3) }];
  assert.deepEqual(seen(folder, single), [['mail/Inbox.mbox', 1], ['mail/Sent.mbox', 2], ['mail (2)', 3]]);
  assert.deepEqual(seen(single, folder), [['mail', 3], ['mail (2)/Inbox.mbox', 1], ['mail (2)/Sent.mbox', 2]]);
  assert.deepEqual(seen([...single, ...folder]), seen(single, folder));
});

test('so it is within folders of one name', () => {
  const one = [{ path: 'mail/old/Inbox', file: file(1) }, { path: 'mail/new', file: file(2) }];
  const other = [{ path: 'mail/new/Inbox', file: file(3) }, { path: 'mail/old/Sent', file: file(4) }];
  assert.deepEqual(seen(one, other), [['mail/old/Inbox', 1], ['mail/new', 2], ['mail (2)/new/Inbox', 3], ['mail (2)/old/Sent', 4]]);
  assert.deepEqual(seen(other, one), [['mail/new/Inbox', 3], ['mail/old/Sent', 4], ['mail (2)/old/Inbox', 1], ['mail (2)/new', 2]]);
});

test('the same file twice is one, and another of the same name gets a number', () => {
  const one = [{ path: 'a/mail.mbox', file: file(1) }];
  assert.deepEqual(seen(one, one), [['a/mail.mbox', 1]]);
  assert.deepEqual(seen(one, [{ path: 'a/mail.mbox', file: file(2) }]), [['a/mail.mbox', 1], ['a/mail (2).mbox', 2]]);
});
