//! Bags: folders in which every file has a checksum, by which archives take mail over (BagIt 1.0, RFC 8493).
//!
//! A bag holds its files, the payload, in `data/`, whatever has written them there. [`Bag::begin`] comes before that, and
//! [`OpenBag::complete`] after it: it reads every file back, so that the checksums are those of what is on the disk.
//!
//! No bag that is interrupted is valid by mistake. Its files of checksums are replaced last, each as a whole; until then
//! they are those of an earlier run, which list no file that was added, or are not there at all.
//!
//! ```
//! use std::num::NonZeroUsize;
//!
//! use mbox2eml_archive::bag::{Bag, BagInfo};
//! # let folder = tempfile::tempdir()?;
//! # let output = folder.path().join("bag");
//!
//! let bag = Bag::at(&output)?;
//! let open = bag.begin()?;
//! std::fs::write(bag.payload().join("1.eml"), "Subject: Lunch\r\n\r\nAt noon?\r\n")?;
//! let info = BagInfo::new("2024-04-01", "example 1.0");
//! let payload = open.complete(&info, &[], NonZeroUsize::MIN, &|| false)?;
//! assert_eq!((payload.files, payload.bytes), (1, 28));
//! assert!(std::fs::read_to_string(output.join("manifest-sha256.txt"))?.ends_with("  data/1.eml\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod hashing;
mod info;
mod listed;
mod tag_file;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

pub use info::BagInfo;
pub use listed::{Listed, ListedFile};

use hashing::hash_payload;
use info::INFO;
use listed::line;
use mbox2eml::internals::{lock_folder, to_u64};
use mbox2eml::report::Digest;
use tag_file::{TagFile, is_temporary};

/// The declaration, which makes a folder a bag.
const DECLARATION: &str = "bagit.txt";
/// The folder of the payload.
const PAYLOAD: &str = "data";
/// The checksums of the payload.
const MANIFEST: &str = "manifest-sha256.txt";
/// The checksums of the other files.
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// The version of bags that are written, and those whose checksums mean the same.
const WRITTEN: &str = "1.0";
const READ: [&str; 2] = [WRITTEN, "0.97"];

/// How long a file beside the payload may be that is read as a whole.
const LONGEST_TEXT: u64 = 16 << 20;

const DECLARED: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A folder that is a bag, or becomes one.
///
/// ```
/// use mbox2eml_archive::bag::Bag;
/// # let folder = tempfile::tempdir()?;
/// # let output = folder.path();
///
/// std::fs::write(output.join("notes.txt"), "mine")?;
/// assert_eq!(Bag::at(output).unwrap_err().to_string(), "it is a folder with files in it, and no bag");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bag {
    root: PathBuf,
}

/// What a completed bag holds: the figures of its `Payload-Oxum`.
///
/// ```
/// use mbox2eml_archive::bag::Payload;
///
/// assert_eq!((Payload::default().files, Payload::default().bytes), (0, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payload {
    /// How many files are below `data/`.
    pub files: u64,
    /// How many bytes these have.
    pub bytes: u64,
}

impl Bag {
    /// The bag at `root`: one that this library can complete, or a new one where there is nothing or an empty folder.
    ///
    /// # Errors
    /// If there is something else, such as a bag with checksums of another kind; the error says what.
    pub fn at(root: impl Into<PathBuf>) -> io::Result<Self> {
        let bag = Self { root: root.into() };
        match fs::symlink_metadata(bag.root.join(DECLARATION)) {
            Ok(_) => bag.check_own()?,
            Err(error) if error.kind() == ErrorKind::NotFound && bag.has_checksums() => {
                return Err(refusal(format!("it is a bag whose {DECLARATION} is missing")));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => bag.check_empty()?,
            Err(error) => return Err(error),
        }
        Ok(bag)
    }

    /// The bag at `root`, made by any program, to be read; `None` if there is none. One that has lost its declaration is
    /// known by its checksums.
    pub fn existing(root: impl Into<PathBuf>) -> Option<Self> {
        let bag = Self { root: root.into() };
        (bag.path(DECLARATION).is_file() || bag.has_checksums()).then_some(bag)
    }

    /// Whether there are a payload and checksums of it.
    fn has_checksums(&self) -> bool {
        let names = fs::read_dir(&self.root).into_iter().flatten().filter_map(io::Result::ok);
        let is_manifest = |name: &str| name.starts_with("manifest-") && name.ends_with(".txt");
        self.payload().is_dir() && names.into_iter().any(|entry| entry.file_name().to_str().is_some_and(is_manifest))
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of its payload.
    pub fn payload(&self) -> PathBuf {
        self.path(PAYLOAD)
    }

    /// Its file of checksums.
    pub fn manifest(&self) -> PathBuf {
        self.path(MANIFEST)
    }

    /// Creates the bag, or opens it to be added to. Where the system can, it is locked against other runs until it is closed.
    ///
    /// # Errors
    /// If it cannot be created, or another run is writing to it.
    pub fn begin(&self) -> io::Result<OpenBag> {
        fs::create_dir_all(&self.root)?;
        let lock = lock_folder(&self.root)?;
        TagFile::replace(&self.root, DECLARATION, DECLARED.as_bytes())?;
        match fs::create_dir(self.payload()) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(OpenBag { bag: self.clone(), _lock: lock }),
        }
    }

    /// The files that its manifest lists: none if it was never completed. One that cannot be read has a reason instead.
    ///
    /// # Errors
    /// If the manifest cannot be read.
    pub fn listed(&self) -> io::Result<Listed> {
        self.listed_in(MANIFEST)
    }

    /// The same of the files beside the payload.
    ///
    /// # Errors
    /// As for [`listed`](Self::listed).
    pub fn listed_tags(&self) -> io::Result<Listed> {
        self.listed_in(TAG_MANIFEST)
    }

    /// The files beside the payload that should still be as they are listed when a run begins. Not among them are
    /// `bag-info.txt`, to which others may add, and the manifest if a run was killed between replacing it and the list.
    ///
    /// # Errors
    /// As for [`listed`](Self::listed).
    pub fn listed_unchanged(&self) -> io::Result<impl Iterator<Item = Result<ListedFile, String>> + Send + use<>> {
        let may_differ = if self.unfinished()?.is_empty() { &[INFO][..] } else { &[INFO, MANIFEST] };
        let is_listed = move |listed: &Result<ListedFile, String>| {
            listed.as_ref().map_or(true, |file| !may_differ.contains(&file.path.as_str()))
        };
        Ok(self.listed_tags()?.filter(is_listed))
    }

    /// The files of checksums of a run that was killed before they had their names.
    fn unfinished(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            if is_temporary(&entry.file_name()) && entry.file_type()?.is_file() {
                found.push(entry.path());
            }
        }
        Ok(found)
    }

    fn listed_in(&self, manifest: &str) -> io::Result<Listed> {
        match File::open(self.path(manifest)) {
            Ok(file) => Ok(Listed::new(file, manifest)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Listed::default()),
            Err(error) => Err(error),
        }
    }

    /// What is wrong with the form of a bag that exists, in sentences: a declaration that is not understood, checksums that are
    /// missing or of another kind, and figures in `bag-info.txt` that do not fit its payload.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn faults(&self) -> io::Result<Vec<String>> {
        let mut faults = Vec::new();
        match self.text(DECLARATION) {
            Ok(declared) if READ.iter().any(|version| declares(&declared, version)) => {}
            Ok(declared) if declared.is_empty() && !self.path(DECLARATION).exists() => {
                faults.push(format!("{DECLARATION} is missing, so other programs find no bag here"));
            }
            Ok(_) => faults.push(format!("{DECLARATION}: it does not declare BagIt 1.0 in UTF-8")),
            Err(error) => faults.push(error.to_string()),
        }
        if !self.path(MANIFEST).is_file() {
            faults.push(format!("{MANIFEST} is missing: the bag was not completed, or has other checksums"));
        }
        if self.path("fetch.txt").exists() {
            faults.push("fetch.txt names files that are elsewhere, which are not checked".to_owned());
        }
        match self.text(INFO) {
            Ok(text) => {
                if let Some(said) = info::value(&text, info::OXUM) {
                    let found = hashing::measure(&self.root, PAYLOAD)?.oxum();
                    if said != found {
                        faults.push(format!("{INFO}: Payload-Oxum is {said}, and data/ has {found}"));
                    }
                }
            }
            Err(error) => faults.push(error.to_string()),
        }
        Ok(faults)
    }

    /// The text of a small file beside the payload: empty if it is not there.
    fn text(&self, name: &str) -> io::Result<String> {
        let read = File::open(self.path(name)).and_then(|file| {
            let mut text = String::new();
            match file.take(LONGEST_TEXT + 1).read_to_string(&mut text)? {
                read if to_u64(read) > LONGEST_TEXT => Err(io::Error::other("it is larger than 16 MiB")),
                _ => Ok(text),
            }
        });
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(io::Error::new(error.kind(), format!("{name} in it cannot be read: {error}"))),
            text => text,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Whether there is a file of this name, which may come from another program.
    fn is_file(&self, name: &str) -> bool {
        let is_below = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        is_below && fs::symlink_metadata(self.path(name)).is_ok_and(|there| there.is_file())
    }

    /// Refuses what is there if it is not empty.
    fn check_empty(&self) -> io::Result<()> {
        let entries = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            if !is_temporary(&entry?.file_name()) {
                return Err(refusal("it is a folder with files in it, and no bag"));
            }
        }
        Ok(())
    }

    /// Refuses a bag that this library cannot add to.
    fn check_own(&self) -> io::Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        let checksums = |name: &&String| {
            let kind = name.strip_prefix("tag").unwrap_or(name).strip_prefix("manifest-");
            kind.is_some_and(|kind| kind.ends_with(".txt") && kind != "sha256.txt")
        };
        if let Some(other) = names.iter().find(checksums) {
            return Err(refusal(format!("it is a bag of another program, with checksums in {other}")));
        }
        if names.iter().any(|name| name == "fetch.txt") {
            return Err(refusal("it is a bag of another program, with files to be fetched (fetch.txt)"));
        }
        for name in [DECLARATION, INFO, MANIFEST, TAG_MANIFEST] {
            match fs::symlink_metadata(self.path(name)) {
                Ok(there) if !there.is_file() => return Err(refusal(format!("{name} in it is not a file"))),
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if fs::symlink_metadata(self.payload()).is_ok_and(|there| !there.is_dir()) {
            return Err(refusal(format!("{PAYLOAD} in it is not a folder")));
        }
        if !declares(&self.text(DECLARATION)?, WRITTEN) {
            return Err(refusal(format!("it is a bag of another program: {DECLARATION} does not declare BagIt 1.0")));
        }
        if let Some(agent) = info::value(&self.text(INFO)?, info::AGENT)
            && !agent.starts_with(info::PROGRAM)
        {
            return Err(refusal(format!("it is a bag of another program: {agent}")));
        }
        // Every run writes the manifest before the tag manifest, so an interrupted run does not leave it like that.
        if self.path(TAG_MANIFEST).is_file() && !self.path(MANIFEST).is_file() {
            return Err(refusal(format!("its {MANIFEST} is missing: its files cannot be checked")));
        }
        Ok(())
    }
}

/// A bag whose payload is being written.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use mbox2eml_archive::bag::{Bag, BagInfo};
/// # let folder = tempfile::tempdir()?;
///
/// let bag = Bag::at(folder.path())?;
/// let payload = bag.begin()?.complete(&BagInfo::new("2024-04-01", "example 1.0"), &[], NonZeroUsize::MIN, &|| false)?;
/// assert_eq!(payload.files, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct OpenBag {
    bag: Bag,
    _lock: Option<File>,
}

impl OpenBag {
    /// Reads the payload and writes everything that makes the bag valid; `tags` are the names of further files in it to be
    /// listed with a checksum. `stop` is asked between files, and ends it early.
    ///
    /// Links and other things that are no files cannot be in a bag.
    ///
    /// # Errors
    /// If a file cannot be read or written, or has no place in a bag. The files of checksums are then those of before.
    pub fn complete(
        &self,
        info: &BagInfo,
        tags: &[String],
        threads: NonZeroUsize,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> io::Result<Payload> {
        let Self { bag, .. } = self;
        // What others have written in these is kept, so it has to be read.
        let earlier = bag.text(INFO)?;
        let tagged = bag.listed_in(TAG_MANIFEST)?.collect::<Result<Vec<_>, _>>().map_err(refusal)?;
        let mut manifest = TagFile::create(&bag.root, MANIFEST)?;
        let mut payload = Payload::default();
        hash_payload(&bag.root, PAYLOAD, threads, stop, |path, digest| {
            payload.files += 1;
            payload.bytes += digest.size;
            manifest.write_all(line(path, &digest).as_bytes())
        })?;
        let info = info.text(&earlier, payload, manifest.is_same()?);
        let mut tag_manifest = TagFile::create(&bag.root, TAG_MANIFEST)?;
        let mut names: Vec<String> = [INFO, DECLARATION, MANIFEST].map(str::to_owned).into();
        names.extend(tags.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        // Files that others have added stay listed.
        let others = tagged.into_iter().map(|listed| listed.path);
        names.extend(others.filter(|name| bag.is_file(name) && !names.contains(name)).collect::<Vec<_>>());
        names.sort();
        names.dedup();
        for name in names {
            let digest = match name.as_str() {
                MANIFEST => manifest.digest()?,
                INFO => Digest::of_file(info.as_bytes())?,
                _ => File::open(bag.path(&name)).and_then(Digest::of_file)?,
            };
            tag_manifest.write_all(line(&name, &digest).as_bytes())?;
        }
        // If the run is killed from here on, the temporary file of the last one shows it.
        manifest.persist()?;
        TagFile::replace(&bag.root, INFO, info.as_bytes())?;
        tag_manifest.persist()?;
        bag.unfinished()?.into_iter().try_for_each(fs::remove_file)?;
        Ok(payload)
    }
}

impl Payload {
    /// As `Payload-Oxum` has it.
    fn oxum(self) -> String {
        format!("{}.{}", self.bytes, self.files)
    }
}

fn declares(text: &str, version: &str) -> bool {
    let value = |name| info::value(text, name);
    value("BagIt-Version") == Some(version)
        && value("Tag-File-Character-Encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("utf-8"))
}

fn refusal(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests;
