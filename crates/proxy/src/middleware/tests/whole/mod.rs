//! Middlewares in the whole proxy: real settings, a real connection in, a real server behind.

mod answers;
mod guards;
mod limits;
mod pages;
mod site;

use site::Site;
