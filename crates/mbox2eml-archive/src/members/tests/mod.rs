//! What comes out of archives, whole, unusual, damaged and hostile ones.

mod compressed;
mod damage;
mod gzip;
mod hostile;
mod kinds;
mod tar;
mod zip;
