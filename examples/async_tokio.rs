//! A conversion in an async program: `cargo run --example async_tokio -- FILE FOLDER`.
//!
//! The library blocks: it reads, writes, and waits for its own threads. So it runs on a thread that may block, and the
//! tasks of the program go on meanwhile.
#![allow(clippy::print_stdout)] // it is what the example is for

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mbox2eml::Converter;
use mbox2eml::report::{MessageCounts, Observer};
use mbox2eml::sink::{Directory, Durability};
use mbox2eml::source::Stream;
use tokio::task::spawn_blocking;

/// Asks the run to stop once the flag is set.
struct StopWhenSet(Arc<AtomicBool>);

impl Observer for StopWhenSet {
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Sets the flag when it is dropped.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Converts a mailbox. If the future is dropped, the run stops; what it has written is whole.
async fn convert(mailbox: PathBuf, folder: PathBuf) -> Result<MessageCounts, Box<dyn Error>> {
    let stop = Arc::new(AtomicBool::new(false));
    let _guard = SetOnDrop(Arc::clone(&stop));
    let counts = spawn_blocking(move || -> mbox2eml::Result<MessageCounts> {
        let sink = Directory::create(folder, Durability::Cached)?;
        let done = Converter::builder().build().convert(Stream::open(mailbox)?, sink, &StopWhenSet(stop));
        Ok(done.into_result()?.messages())
    });
    Ok(counts.await??)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(mailbox), Some(folder)) = (paths.next(), paths.next()) else {
        return Err("usage: async_tokio FILE FOLDER".into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let counts = runtime.block_on(convert(mailbox, folder))?;
    println!("{} found, {} written, {} already there", counts.found, counts.written, counts.already_there);
    Ok(())
}
