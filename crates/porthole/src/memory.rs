//! Copying of memory for the static binary. The C library in it copies with one instruction of the processor that takes some
//! thirty cycles to begin, and most of what is copied is a few bytes long: a word of JSON, a label, a key. That was a
//! fifth of all the time that an event takes. These are the C library's functions by their names, so that whatever is
//! linked in uses them.

#![allow(unsafe_code, reason = "the C library's functions have pointers for arguments")]

use std::arch::asm;
use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_storeu_si128};

/// From so many bytes on the processor's own way is the fastest.
const LONG: usize = 2048;

/// Sixteen bytes.
const V: usize = size_of::<__m128i>();

/// What is loaded at once in a loop.
const STEP: usize = 4 * V;

/// `memcpy` of C.
///
/// # Safety
///
/// So many bytes can be read at the one place and written at the other, and the two do not overlap.
#[cfg_attr(not(test), unsafe(export_name = "memcpy"))]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, bytes: usize) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe {
        match bytes {
            0..=128 => short(to, from, bytes),
            129..LONG => forward(to, from, bytes),
            _ => long(to, from, bytes),
        }
    }
    to
}

/// `memmove` of C.
///
/// # Safety
///
/// So many bytes can be read at the one place and written at the other.
#[cfg_attr(not(test), unsafe(export_name = "memmove"))]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, bytes: usize) -> *mut u8 {
    let is_ahead = to.addr().wrapping_sub(from.addr()) < bytes;
    // SAFETY: as the caller promises; whatever is overwritten was read before.
    unsafe {
        match bytes {
            0..=128 => short(to, from, bytes),
            _ if is_ahead => backward(to, from, bytes),
            _ => forward(to, from, bytes),
        }
    }
    to
}

/// Everything is read before anything is written.
#[inline(always)]
unsafe fn short(to: *mut u8, from: *const u8, bytes: usize) {
    // SAFETY: each place lies within what the caller promises.
    unsafe {
        match bytes {
            0 => {}
            1 => to.write(from.read()),
            2..=3 => both::<u16>(to, from, bytes),
            4..=7 => both::<u32>(to, from, bytes),
            8..=16 => both::<u64>(to, from, bytes),
            17..=32 => {
                let (first, last) = (load(from), load(from.add(bytes - V)));
                store(to, first);
                store(to.add(bytes - V), last);
            }
            33..=64 => {
                let first = [load(from), load(from.add(V))];
                let last = [load(from.add(bytes - 2 * V)), load(from.add(bytes - V))];
                store(to, first[0]);
                store(to.add(V), first[1]);
                store(to.add(bytes - 2 * V), last[0]);
                store(to.add(bytes - V), last[1]);
            }
            _ => {
                let (first, last) = (four(from), four(from.add(bytes - STEP)));
                store_four(to, first);
                store_four(to.add(bytes - STEP), last);
            }
        }
    }
}

/// The first and the last of the bytes, which may be the same.
#[inline(always)]
unsafe fn both<T: Copy>(to: *mut u8, from: *const u8, bytes: usize) {
    let end = bytes - size_of::<T>();
    // SAFETY: there are at least as many bytes as this type has, at most twice as many.
    unsafe {
        let (first, last) = (from.cast::<T>().read_unaligned(), from.add(end).cast::<T>().read_unaligned());
        to.cast::<T>().write_unaligned(first);
        to.add(end).cast::<T>().write_unaligned(last);
    }
}

/// More than 128 bytes from the first to the last. What is written may overlap what comes before it.
#[inline(always)]
unsafe fn forward(to: *mut u8, from: *const u8, bytes: usize) {
    // SAFETY: each place lies within what the caller promises.
    unsafe {
        let last = four(from.add(bytes - STEP));
        let mut at = 0;
        while at + STEP < bytes {
            store_four(to.add(at), four(from.add(at)));
            at += STEP;
        }
        store_four(to.add(bytes - STEP), last);
    }
}

/// More than 128 bytes from the last to the first. What is written may overlap what comes behind it.
#[inline(always)]
unsafe fn backward(to: *mut u8, from: *const u8, bytes: usize) {
    // SAFETY: each place lies within what the caller promises.
    unsafe {
        let first = four(from);
        let mut end = bytes;
        while end > STEP {
            end -= STEP;
            store_four(to.add(end), four(from.add(end)));
        }
        store_four(to, first);
    }
}

#[inline(always)]
unsafe fn long(to: *mut u8, from: *const u8, bytes: usize) {
    // SAFETY: the instruction reads and writes just what the caller promises; the direction flag is clear in Rust and C.
    unsafe {
        asm!("rep movsb", inout("rcx") bytes => _, inout("rdi") to => _, inout("rsi") from => _,
             options(nostack, preserves_flags));
    }
}

#[inline(always)]
unsafe fn load(from: *const u8) -> __m128i {
    // SAFETY: as the caller promises.
    unsafe { _mm_loadu_si128(from.cast()) }
}

#[inline(always)]
unsafe fn store(to: *mut u8, value: __m128i) {
    // SAFETY: as the caller promises.
    unsafe { _mm_storeu_si128(to.cast(), value) }
}

#[inline(always)]
unsafe fn four(from: *const u8) -> [__m128i; 4] {
    // SAFETY: as the caller promises.
    unsafe { [load(from), load(from.add(V)), load(from.add(2 * V)), load(from.add(3 * V))] }
}

#[inline(always)]
unsafe fn store_four(to: *mut u8, four: [__m128i; 4]) {
    // SAFETY: as the caller promises.
    unsafe {
        store(to, four[0]);
        store(to.add(V), four[1]);
        store(to.add(2 * V), four[2]);
        store(to.add(3 * V), four[3]);
    }
}

#[cfg(test)]
mod tests;
