//! The store as a whole: through its front doors, with damaged files, and killed.

mod backup;
mod beside;
mod damage;
mod doors;
mod histogram;
mod kill;
