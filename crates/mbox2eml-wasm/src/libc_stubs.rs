//! Functions that the standard library calls and Debian's wasi-libc of 2022 lacks. A newer one has them; these are used
//! first, and do the same.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

unsafe extern "C" {
    static mut errno: c_int;
    fn access(path: *const c_char, mode: c_int) -> c_int;
    fn malloc(size: usize) -> *mut c_void;
    fn strlen(text: *const c_char) -> usize;
}

/// The error of WASI for what there is not: from it rayon sees that the current thread has to do the work.
const ENOTSUP: c_int = 58;

#[unsafe(no_mangle)]
extern "C" fn __errno_location() -> *mut c_int {
    &raw mut errno
}

/// The absolute path of a file that exists, in memory that the caller frees. There are no links, and the paths of the page
/// have no dots.
///
/// # Safety
/// As in POSIX, with a null pointer for `resolved`, as the standard library has it.
#[unsafe(no_mangle)]
unsafe extern "C" fn realpath(path: *const c_char, _resolved: *mut c_char) -> *mut c_char {
    // SAFETY: the path ends in a NUL byte. The copy has room for a slash, the path and that byte.
    unsafe {
        if access(path, 0) != 0 {
            return ptr::null_mut();
        }
        let length = strlen(path) + 1;
        let copy: *mut c_char = malloc(length + 1).cast();
        if copy.is_null() {
            return copy;
        }
        if *path.cast::<u8>() == b'/' {
            ptr::copy_nonoverlapping(path, copy, length);
        } else {
            copy.cast::<u8>().write(b'/');
            ptr::copy_nonoverlapping(path, copy.add(1), length);
        }
        copy
    }
}

#[unsafe(no_mangle)]
extern "C" fn pthread_create(_: *mut c_void, _: *const c_void, _: *const c_void, _: *mut c_void) -> c_int {
    ENOTSUP
}

#[unsafe(no_mangle)]
extern "C" fn pthread_join(_: *mut c_void, _: *mut c_void) -> c_int {
    ENOTSUP
}

#[unsafe(no_mangle)]
extern "C" fn pthread_detach(_: *mut c_void) -> c_int {
    ENOTSUP
}

#[unsafe(no_mangle)]
extern "C" fn pthread_attr_init(_: *mut c_void) -> c_int {
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_attr_setstacksize(_: *mut c_void, _: usize) -> c_int {
    0
}

#[unsafe(no_mangle)]
extern "C" fn pthread_attr_destroy(_: *mut c_void) -> c_int {
    0
}
