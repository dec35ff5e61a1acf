//! Both kinds of folders follow the same rules. Only the one by handles stays in its folder when the path is changed.

use std::fs;
use std::io::{ErrorKind, Read, Write};

use tempfile::{TempDir, tempdir};

use super::by_path::ByPath;
use super::*;

/// Runs a check for each kind of folder on this system.
macro_rules! each_way {
    ($($check:ident),* $(,)?) => {
        mod with_paths { $(#[test] fn $check() { super::$check::<super::ByPath>(); })* }
        #[cfg(unix)]
        mod with_handles { $(#[test] fn $check() { super::$check::<super::OpenFolder>(); })* }
    };
}

each_way!(
    a_new_file_takes_no_name_that_is_taken,
    a_file_that_is_there_is_read_and_appended_to,
    folders_are_made_once_and_found_again,
    what_is_there_is_reported,
    any_number_of_folders_is_entered_and_few_are_open,
    the_last_used_folder_is_the_first_to_be_found,
    what_is_only_looked_for_is_not_made,
    a_link_is_not_opened_as_a_file,
);

fn scratch() -> TempDir {
    tempdir().unwrap()
}

fn a_new_file_takes_no_name_that_is_taken<F: Folder>() {
    let scratch = scratch();
    let folder = F::root(scratch.path()).unwrap();
    folder.create_new("a").unwrap().write_all(b"first").unwrap();
    assert_eq!(folder.create_new("a").unwrap_err().kind(), ErrorKind::AlreadyExists);
    folder.create("b").unwrap();
    assert_eq!(folder.create_new("b").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read(scratch.path().join("a")).unwrap(), b"first");
}

fn a_file_that_is_there_is_read_and_appended_to<F: Folder>() {
    let scratch = scratch();
    fs::write(scratch.path().join("a"), "first").unwrap();
    let folder = F::root(scratch.path()).unwrap();
    assert!(folder.open_file("a", Purpose::Compare).unwrap().write_all(b"x").is_err());
    let mut file = folder.open_file("a", Purpose::Complete).unwrap();
    let mut start = [0; 2];
    file.read_exact(&mut start).unwrap();
    file.write_all(b", second").unwrap();
    assert_eq!((&start, fs::read(scratch.path().join("a")).unwrap()), (b"fi", b"first, second".to_vec()));
    assert_eq!(folder.open_file("b", Purpose::Complete).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(folder.kind_of("b").unwrap_err().kind(), ErrorKind::NotFound);
}

fn folders_are_made_once_and_found_again<F: Folder>() {
    let scratch = scratch();
    let folders = OpenFolders::<F>::below(scratch.path()).unwrap();
    for _ in 0..2 {
        let _ = fs::remove_file(scratch.path().join("a/b/file"));
        folders.enter("a/b").unwrap().create_new("file").unwrap();
        assert!(scratch.path().join("a/b/file").is_file());
        OpenFolders::<F>::below(scratch.path()).unwrap().enter("a").unwrap().sync().unwrap();
    }
    folders.enter("").unwrap().create_new("file").unwrap();
    assert!(scratch.path().join("file").is_file());
}

fn what_is_there_is_reported<F: Folder>() {
    let scratch = scratch();
    fs::create_dir(scratch.path().join("folder")).unwrap();
    fs::write(scratch.path().join("file"), "12345").unwrap();
    let folder = F::root(scratch.path()).unwrap();
    assert_eq!(folder.kind_of("file").unwrap(), FileKind::File { length: 5 });
    assert_eq!(folder.kind_of("folder").unwrap(), FileKind::Folder);
    let refused = |name: &str| {
        let error = folder.enter(name).err().unwrap();
        (error.kind(), error.to_string())
    };
    assert_eq!(refused("file"), (ErrorKind::NotADirectory, "its folder is a file".to_owned()));
    #[cfg(unix)]
    for (link, target) in [("nowhere", "missing"), ("linked", "folder")] {
        std::os::unix::fs::symlink(target, scratch.path().join(link)).unwrap();
        assert_eq!(folder.kind_of(link).unwrap(), FileKind::Link);
        assert_eq!(refused(link), (ErrorKind::NotADirectory, "its folder is a link, which is not followed".to_owned()));
    }
}

fn any_number_of_folders_is_entered_and_few_are_open<F: Folder>() {
    let scratch = scratch();
    let folders = OpenFolders::<F>::below(scratch.path()).unwrap();
    // An open folder needs no path any more; one that was closed is opened by its path again.
    for number in 0..100 {
        folders.enter(&format!("{}/{number}", number % 7)).unwrap().create_new("file").unwrap();
        assert!(folders.held() <= F::affordable());
    }
    for number in 0..100 {
        let file = folders.find(&format!("{}/{number}", number % 7)).unwrap().kind_of("file").unwrap();
        assert_eq!(file, FileKind::File { length: 0 });
    }
}

fn the_last_used_folder_is_the_first_to_be_found<F: Folder>() {
    let scratch = scratch();
    let folders = OpenFolders::<F>::below(scratch.path()).unwrap();
    let [a, b] = ["a", "b"].map(|name| folders.enter(name).unwrap());
    for (name, folder) in [("a", &a), ("a", &a), ("b", &b), ("a", &a)] {
        assert!(std::sync::Arc::ptr_eq(&folders.enter(name).unwrap(), folder), "{name} was opened again");
    }
}

fn what_is_only_looked_for_is_not_made<F: Folder>() {
    let scratch = scratch();
    let folders = OpenFolders::<F>::below(scratch.path()).unwrap();
    // A manifest may contain a path of any depth.
    for path in ["a/b".to_owned(), "a/".repeat(200_000) + "b"] {
        assert_eq!(folders.find(&path).err().unwrap().kind(), ErrorKind::NotFound);
    }
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

/// Links are made on Unix only: elsewhere that takes rights that not everyone has.
fn a_link_is_not_opened_as_a_file<F: Folder>() {
    let scratch = scratch();
    let folder = F::root(scratch.path()).unwrap();
    folder.create_new("file").unwrap();
    #[cfg(unix)]
    for (link, target) in [("to-file", "file"), ("to-nothing", "missing")] {
        std::os::unix::fs::symlink(target, scratch.path().join(link)).unwrap();
        for purpose in [Purpose::Compare, Purpose::Complete] {
            assert_ne!(folder.open_file(link, purpose).unwrap_err().kind(), ErrorKind::NotFound, "{link} {purpose:?}");
        }
        assert_eq!(folder.create_new(link).unwrap_err().kind(), ErrorKind::AlreadyExists);
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_folder_that_is_open_stays_the_same_when_a_link_takes_its_place() {
        let (scratch, outside) = (scratch(), scratch());
        let folders = OpenFolders::<OpenFolder>::below(scratch.path()).unwrap();
        folders.enter("a/b").unwrap();
        fs::rename(scratch.path().join("a"), scratch.path().join("moved")).unwrap();
        symlink(outside.path(), scratch.path().join("a")).unwrap();
        // It is open, and so is the folder around it.
        folders.enter("a/b").unwrap().create_new("file").unwrap();
        folders.enter("a/c").unwrap().create_new("file").unwrap();
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        assert!(scratch.path().join("moved/b/file").is_file() && scratch.path().join("moved/c/file").is_file());
        // Opening it again fails.
        let error = OpenFolders::<OpenFolder>::below(scratch.path()).unwrap().enter("a/b").err().unwrap();
        assert_eq!(error.to_string(), "its folder is a link, which is not followed");
    }

    #[test]
    fn files_and_folders_have_the_permissions_that_are_left_to_the_umask() {
        let scratch = scratch();
        let folder = OpenFolder::root(scratch.path()).unwrap();
        drop((folder.create_new("a").unwrap(), folder.create("b").unwrap()));
        fs::write(scratch.path().join("c"), "").unwrap();
        fs::create_dir(scratch.path().join("d")).unwrap();
        let mode = |name: &str| fs::metadata(scratch.path().join(name)).unwrap().permissions().mode();
        assert_eq!((mode("a"), mode("b")), (mode("c"), mode("d")));
    }
}
