use std::collections::BTreeMap;

use super::*;

fn threads() -> NonZeroUsize {
    NonZeroUsize::new(3).unwrap()
}

fn complete(bag: &Bag) -> io::Result<Payload> {
    bag.begin()?.complete(&BagInfo::new("2024-04-01", "mbox2eml 1"), &[], threads(), &|| false)
}

fn texts(root: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(root).unwrap().map(Result::unwrap).filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read_to_string(file.path()).unwrap())).collect()
}

#[test]
fn a_bag_lists_every_file_in_order_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let bag = Bag::at(folder.path().join("a/bag")).unwrap();
    drop(bag.begin().unwrap());
    for number in 0..BATCHES {
        fs::create_dir_all(bag.payload().join(format!("{}", number % 7))).unwrap();
        fs::write(bag.payload().join(format!("{}/{number}%.eml", number % 7)), number.to_string()).unwrap();
    }
    let payload = complete(&bag).unwrap();
    assert_eq!(payload.files, u64::try_from(BATCHES).unwrap());
    let manifest = fs::read_to_string(bag.manifest()).unwrap();
    let listed: Vec<ListedFile> = bag.listed().unwrap().map(Result::unwrap).collect();
    assert_eq!(listed.len(), BATCHES);
    assert!(listed.iter().all(|file| file.path.ends_with("%.eml") && bag.root().join(&file.path).is_file()));
    assert!(listed.is_sorted_by_key(|file| file.path.split('/').map(str::to_owned).collect::<Vec<_>>()));
    bag.begin()
        .unwrap()
        .complete(&BagInfo::new("2025-01-01", "mbox2eml 1"), &[], NonZeroUsize::MIN, &|| false)
        .unwrap();
    assert_eq!(fs::read_to_string(bag.manifest()).unwrap(), manifest);
    assert_eq!(bag.faults().unwrap(), [""; 0]);
    // Nothing has changed, so neither has the day.
    assert!(texts(bag.root())["bag-info.txt"].contains("Bagging-Date: 2024-04-01\n"));
}

const BATCHES: usize = 2500;

#[test]
fn values_stay_on_one_line_and_other_fields_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let bag = Bag::at(folder.path()).unwrap();
    drop(bag.begin().unwrap());
    let info = BagInfo::new("2024-04-01", "mbox2eml 1").organization(" A\r\nPayload-Oxum: 0.0\u{2028}\u{7}B ");
    bag.begin().unwrap().complete(&info, &[], threads(), &|| false).unwrap();
    let text = texts(bag.root())["bag-info.txt"].clone();
    let own = "Source-Organization: A Payload-Oxum: 0.0 B\nBagging-Date: 2024-04-01\nPayload-Oxum: 0.0\n\
               Bag-Software-Agent: mbox2eml 1\n";
    assert_eq!(text, own);
    fs::write(bag.root().join(INFO), format!("Contact-Name: Ann\n  of the archive\n{own}\ngarbage\n")).unwrap();
    fs::write(bag.root().join("notes.txt"), "n").unwrap();
    let digest = Digest::of_file(&b"n"[..]).unwrap();
    fs::write(
        bag.root().join(TAG_MANIFEST),
        line("notes.txt", &digest) + &line("gone", &digest) + &line("../x", &digest),
    )
    .unwrap();
    complete(&bag).unwrap();
    assert_eq!(texts(bag.root())["bag-info.txt"], format!("{own}Contact-Name: Ann\n  of the archive\n"));
    let tags: Vec<String> = bag.listed_tags().unwrap().map(|listed| listed.unwrap().path).collect();
    assert_eq!(tags, ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "notes.txt"]);
}

#[test]
fn what_is_no_bag_of_ours_is_refused_in_words() {
    let declared = ("bagit.txt", DECLARED);
    for (files, why) in [
        (&[("a.eml", "")][..], "a folder with files in it"),
        (&[declared, ("manifest-md5.txt", "")], "checksums in manifest-md5.txt"),
        (&[declared, ("tagmanifest-sha512.txt", "")], "checksums in tagmanifest-sha512.txt"),
        (&[declared, ("fetch.txt", "")], "fetch.txt"),
        (&[declared, ("data", "")], "data in it is not a folder"),
        (&[declared, ("bag-info.txt", "Bag-Software-Agent: bagit.py v1.9")], "another program: bagit.py v1.9"),
        (&[("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n")], "does not declare BagIt 1.0"),
        (&[("bagit.txt", "x")], "does not declare BagIt 1.0"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
        let before = texts(folder.path());
        let error = Bag::at(folder.path()).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert_eq!(texts(folder.path()), before);
    }
    // What a run that was killed leaves is its own.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".mbox2eml-bag-x1.tmp"), "half").unwrap();
    complete(&Bag::at(folder.path()).unwrap()).unwrap();
    let names = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"];
    assert_eq!(texts(folder.path()).keys().collect::<Vec<_>>(), names);
}

#[test]
fn what_cannot_be_read_in_a_bag_is_not_taken_for_absent() {
    let folder = tempfile::tempdir().unwrap();
    let bag = Bag::at(folder.path()).unwrap();
    complete(&bag).unwrap();
    let info = b"Source-Organization: Universit\xe9\nBag-Software-Agent: Archivematica\n".to_vec();
    let long = [b"Bag-Software-Agent: mbox2eml\nContact-Name: ", &vec![b'x'; 17 << 20][..]].concat();
    for (name, bytes, why) in [
        (INFO, info, "bag-info.txt in it cannot be read: stream did not contain valid UTF-8"),
        (INFO, long, "bag-info.txt in it cannot be read: it is larger than 16 MiB"),
        (DECLARATION, b"\xff\xfeB\0".to_vec(), "bagit.txt in it cannot be read: "),
        (TAG_MANIFEST, b"0f  f\xfcr.txt\n".to_vec(), "tagmanifest-sha256.txt, line 1: it is not UTF-8"),
    ] {
        let path = bag.root().join(name);
        let before = fs::read(&path).unwrap();
        fs::write(&path, &bytes).unwrap();
        // Its declaration is written anew before the payload.
        let open = OpenBag { bag: bag.clone(), _lock: None };
        let completed = open.complete(&BagInfo::new("2024-04-01", "mbox2eml 1"), &[], threads(), &|| false);
        let refused = [Bag::at(folder.path()).map(drop), completed.map(drop)].into_iter().find_map(Result::err);
        assert!(refused.unwrap().to_string().starts_with(why), "{name}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
        if name != TAG_MANIFEST {
            assert!(bag.faults().unwrap()[0].starts_with(why), "{name}");
        }
        fs::write(&path, before).unwrap();
    }
}

#[test]
fn a_bag_that_cannot_be_completed_keeps_its_checksums() {
    let folder = tempfile::tempdir().unwrap();
    let bag = Bag::at(folder.path()).unwrap();
    drop(bag.begin().unwrap());
    fs::write(bag.payload().join("1.eml"), "x").unwrap();
    complete(&bag).unwrap();
    let before = texts(bag.root());
    fs::write(bag.payload().join("2.eml"), "y").unwrap();
    let stopped = bag.begin().unwrap().complete(&BagInfo::new("2024-04-02", "mbox2eml 1"), &[], threads(), &|| true);
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Interrupted);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("1.eml", bag.payload().join("3.eml")).unwrap();
        assert!(complete(&bag).unwrap_err().to_string().contains("data/3.eml is a link"));
        fs::remove_file(bag.payload().join("3.eml")).unwrap();
    }
    assert_eq!(texts(bag.root()), before);
    assert_eq!(bag.faults().unwrap(), ["bag-info.txt: Payload-Oxum is 1.1, and data/ has 2.2"]);
    complete(&bag).unwrap();
    assert_eq!(bag.faults().unwrap(), [""; 0]);
}
