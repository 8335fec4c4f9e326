//! The store as a whole: through its front doors, with damaged files, and killed.

mod arrival;
mod backup;
mod beside;
mod damage;
mod doors;
mod histogram;
mod kill;
mod kill_files;
mod kill_joined;
mod pipeline;
