//! Why a handshake came to nothing, in the few words that are counted.

use std::io;

use rustls::Error;

use super::front::AcceptError;

/// Why a handshake came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeFault {
    /// What came is no TLS.
    Garbage,
    /// The client went away.
    ClientGone,
    /// It took too long.
    Timeout,
    /// No version, cipher suite or group that both sides have.
    NothingInCommon,
    /// There is no certificate for the name, and the options forbid another.
    NoCertificate,
    /// The client said that it does not take what it was shown: the certificate, as a rule.
    Refused,
    /// The client's own certificate is missing or not to be trusted.
    ClientCertificate,
    /// The host's options cannot be used.
    Options,
    /// Anything else.
    Other,
}

impl HandshakeFault {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 9] = [
        Self::Garbage,
        Self::ClientGone,
        Self::Timeout,
        Self::NothingInCommon,
        Self::NoCertificate,
        Self::Refused,
        Self::ClientCertificate,
        Self::Options,
        Self::Other,
    ];

    /// The word that it is counted by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Garbage => "garbage",
            Self::ClientGone => "client_gone",
            Self::Timeout => "timeout",
            Self::NothingInCommon => "nothing_in_common",
            Self::NoCertificate => "no_certificate",
            Self::Refused => "refused",
            Self::ClientCertificate => "client_certificate",
            Self::Options => "options",
            Self::Other => "other",
        }
    }

    /// Of which kind an error is.
    pub(crate) fn of(error: &AcceptError) -> Self {
        match error {
            AcceptError::Options(_) => Self::Options,
            AcceptError::Hello(error) => Self::of_io(error),
            AcceptError::Handshake { error, .. } => Self::of_io(error),
        }
    }

    fn of_io(error: &io::Error) -> Self {
        let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
            return match error.kind() {
                io::ErrorKind::InvalidData => Self::Garbage,
                _ => Self::ClientGone,
            };
        };
        match error {
            Error::InvalidMessage(_)
            | Error::InappropriateMessage { .. }
            | Error::PeerSentOversizedRecord => Self::Garbage,
            Error::AlertReceived(_) => Self::Refused,
            Error::PeerIncompatible(_) | Error::NoApplicationProtocol => Self::NothingInCommon,
            Error::NoCertificatesPresented | Error::InvalidCertificate(_) => Self::ClientCertificate,
            // rustls has no kind of its own for it.
            Error::General(text) if text.contains("certificate chain") => Self::NoCertificate,
            _ => Self::Other,
        }
    }
}
