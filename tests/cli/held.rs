//! Runs that are stopped in the middle, whenever that is: one of their inputs is a pipe, which stays open until then.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use crate::common::{Ran, Scratch, wait_until};
use crate::pipes::make_pipe;

/// A run that cannot end: it waits for the end of one of its inputs.
///
/// That input is a pipe for as long as the run lasts. Its bytes are those of the file that is in its place before and
/// after the run.
pub(crate) struct Held {
    child: Child,
    pipe: PathBuf,
    file: PathBuf,
    opened: Receiver<()>,
    is_open: bool,
    /// Writes all bytes, and returns the pipe, still open.
    writer: JoinHandle<File>,
}

impl Held {
    /// Starts the program with these arguments, of which `input` is one.
    pub(crate) fn run<'a>(scratch: &Scratch, input: &str, args: impl IntoIterator<Item = &'a str>) -> Self {
        let (pipe, file) = (scratch.path(input), scratch.path(format!("{input} as a file")));
        let bytes = scratch.read(input);
        fs::rename(&pipe, &file).unwrap();
        make_pipe(&pipe);
        let mut command = scratch.program();
        let child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (open, opened) = mpsc::channel();
        let path = pipe.clone();
        let writer = thread::spawn(move || {
            let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
            open.send(()).unwrap();
            // A program that was killed does not read.
            let _ = pipe.write_all(&bytes);
            pipe
        });
        Self { child, pipe, file, opened, is_open: false, writer }
    }

    /// Waits until the run has come that far.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, what: &str, mut is_so: impl FnMut() -> bool) {
        wait_until(what, || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "the run has ended before {what}: {ended:?}");
            is_so()
        });
    }

    #[track_caller]
    pub(crate) fn wait_until_there(&mut self, path: &Path) {
        self.wait_until(&format!("{} is there", path.display()), || path.exists());
    }

    /// Waits until the program has opened the pipe. It has its output by then.
    #[track_caller]
    pub(crate) fn wait_until_open(&mut self) {
        wait_until("the pipe is open", || {
            let ended = self.child.try_wait().unwrap();
            let is_open = self.is_open();
            assert!(is_open || ended.is_none(), "the run has ended before it opened the pipe: {ended:?}");
            is_open
        });
    }

    fn is_open(&mut self) -> bool {
        self.is_open |= self.opened.try_recv().is_ok();
        self.is_open
    }

    /// Does something when the pipe is open, and lets the run come to its end.
    #[cfg(target_os = "linux")]
    #[track_caller]
    pub(crate) fn end_after(mut self, meanwhile: impl FnOnce()) -> Ran {
        self.wait_until_open();
        meanwhile();
        drop(self.writer.join().unwrap());
        let ran = Ran::from(self.child.wait_with_output().unwrap());
        restore(&self.pipe, &self.file);
        ran
    }

    /// Ends the run at once, in whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        assert_eq!(self.child.wait().unwrap().signal(), Some(9));
        // It may have been killed before it opened the pipe, for which the writer waits.
        let reader = OpenOptions::new().read(true).write(true).open(&self.pipe).unwrap();
        if !self.is_open() {
            self.opened.recv().unwrap();
        }
        drop(reader);
        drop(self.writer.join().unwrap());
        restore(&self.pipe, &self.file);
    }

    /// Lets the pipe end, and so the run.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Ran {
        self.wait_until_open();
        drop(self.writer.join().unwrap());
        let output = self.child.wait_with_output().unwrap();
        restore(&self.pipe, &self.file);
        Ran::from(output)
    }

    /// Sends the signal, and lets the pipe end when the program has reported that it stops.
    #[track_caller]
    pub(crate) fn interrupt(mut self, name: &str) -> Ran {
        // A run that is stopped before it opens the pipe never does.
        self.wait_until_open();
        signal(&self.child, name);
        let mut stderr = BufReader::new(self.child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(stderr.any(|line| line.starts_with("stopping: ")), "{name} was not heard");
        drop(self.writer.join().unwrap());
        let rest: String = stderr.map(|line| line + "\n").collect();
        restore(&self.pipe, &self.file);
        Ran { stderr: rest, ..Ran::from(self.child.wait_with_output().unwrap()) }
    }

    /// Sends the signal, again and again, while the program waits for a pipe that does not end.
    pub(crate) fn interrupt_until_it_ends(mut self, name: &str) -> Ran {
        let pipe = self.writer.join().unwrap();
        wait_until("it has ended", || {
            signal(&self.child, name);
            self.child.try_wait().unwrap().is_some()
        });
        drop(pipe);
        restore(&self.pipe, &self.file);
        Ran::from(self.child.wait_with_output().unwrap())
    }
}

fn restore(pipe: &Path, file: &Path) {
    fs::remove_file(pipe).unwrap();
    fs::rename(file, pipe).unwrap();
}

/// Sends a signal to a running program.
fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap().success());
}
