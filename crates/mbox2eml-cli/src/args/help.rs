//! The parts of the help that are not options.

pub(super) const MAIN_USAGE: &str = "\
mbox2eml [OPTIONS] <INPUT>... <OUTPUT>
       mbox2eml <COMMAND> [OPTIONS] ...";

pub(super) const CONVERT_USAGE: &str = "mbox2eml [convert] [OPTIONS] <INPUT>... <OUTPUT>";

pub(super) const INSPECT_USAGE: &str = "mbox2eml inspect [OPTIONS] <INPUT>...";

pub(super) const VERIFY_USAGE: &str = "\
mbox2eml verify [OPTIONS] <INPUT>... <OUTPUT>
       mbox2eml verify --manifest <FILE> <OUTPUT>";

pub(super) const CONVERT_TEMPLATE: &str = "\
{about-with-newline}
{usage-heading} {usage}

Arguments:
  <INPUT>...  Mailbox, mail folder, Takeout archive (.zip, .tgz), or - for
              standard input
  <OUTPUT>    Folder, created if it does not exist, or a path ending in .zip

{all-args}{after-help}";

pub(super) const VERIFY_TEMPLATE: &str = "\
{about-with-newline}
{usage-heading} {usage}

Arguments:
  <INPUT>...  The inputs of the earlier conversion
  <OUTPUT>    Its output: a folder or a path ending in .zip

{all-args}{after-help}";

pub(super) const SEE_ALL: &str = "--help lists all options, with examples.";

pub(super) const MAIN_SHORT: &str = "\
Examples:
  mbox2eml takeout.mbox out/       one EML file per message, in the folder out
  mbox2eml takeout-*.zip out.zip --for zoho    ZIPs that Zoho Mail imports
  mbox2eml inspect takeout.mbox    what is in it; writes nothing
  mbox2eml verify takeout.mbox out/            is everything there?

'mbox2eml convert -h' lists the most used options, 'convert --help' all of them.";

pub(super) const MAIN: &str = "\
Examples:
  mbox2eml takeout.mbox out/       one EML file per message, in the folder out
  mbox2eml takeout-*.zip out.zip --for zoho    ZIPs that Zoho Mail imports
  mbox2eml inspect takeout.mbox    what is in it; writes nothing
  mbox2eml verify takeout.mbox out/            is everything there?

Exit codes:
  0    done; there may be warnings
  1    finished, but a message or a mailbox failed, or verify found a difference
  2    could not do the job, or invalid command line
  130  interrupted; run the same command again to continue

'mbox2eml convert --help' lists the options for converting.";

pub(super) const CONVERT: &str = "\
Examples:
  mbox2eml takeout.mbox out/
      One EML file per message
  mbox2eml --dry-run takeout.mbox out/
      Everything but writing: totals, folders and warnings
  mbox2eml Takeout/ out/
      Every mailbox in a folder, each into a folder of its own
  mbox2eml takeout-*.zip mail.zip --for zoho
      A Takeout as downloaded, into ZIPs that Zoho Mail imports
  mbox2eml --since 2020 --not-label Spam --layout label takeout.mbox out/
      Mail since 2020 without spam, in a folder for each label

Exit codes:
  0    done; there may be warnings
  1    finished, but a message or a mailbox failed
  2    could not do the job, or invalid command line
  130  interrupted; run the same command again to continue";

pub(super) const INSPECT: &str = "\
Examples:
  mbox2eml inspect takeout.mbox
      What is in a mailbox
  mbox2eml inspect --for zoho takeout-*.zip
      What Zoho Mail would object to
  mbox2eml inspect --json users/ > before.json
      All mailboxes of a folder, for programs

Exit codes:
  0    done; there may be warnings
  1    finished, but a mailbox failed
  2    could not do the job, or invalid command line
  130  interrupted";

pub(super) const VERIFY: &str = "\
Examples:
  mbox2eml verify takeout.mbox out/
      Compare every file with its message, byte by byte
  mbox2eml verify --like done.json takeout.mbox out/
      The same with the options of the run that wrote done.json
  mbox2eml verify --manifest mail.csv out/
      Compare with the hashes in a manifest; the mailbox is not needed

Exit codes:
  0    nothing differs
  1    something is missing, different or extra
  2    could not do the job, or invalid command line
  130  interrupted";

pub(super) const IMPORTERS: &str = "\
Example:
  mbox2eml importers zoho";

pub(super) const COMPLETIONS: &str = "\
Examples:
  mbox2eml completions bash > ~/.local/share/bash-completion/completions/mbox2eml
  mbox2eml completions zsh > ~/.zfunc/_mbox2eml
  mbox2eml completions fish > ~/.config/fish/completions/mbox2eml.fish";

pub(super) const MAN: &str = "\
Examples:
  mbox2eml man | man -l -
  mbox2eml man convert > mbox2eml-convert.1";
