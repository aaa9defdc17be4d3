//! How an https target is trusted: by the certificates of the system and of `ca-file`, or blindly; and why it is not
//! trusted, in words.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::error::StrategyError;
use super::work::Work;
use crate::input::{self, FileKind};

/// The configuration of every client for `work`. For an https address it reads the system's certificates.
pub(super) fn configuration(work: &Work, is_https: bool, http2: bool) -> Result<ClientConfig, StrategyError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(StrategyError::Tls)?;
    let mut configuration = if is_https {
        let trust = if work.insecure { None } else { Some(trusted(work.ca_file.as_deref(), &provider)?) };
        let verifier = Arc::new(Trust { trusted: trust, provider });
        builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
    } else {
        builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
    };
    if http2 {
        configuration.alpn_protocols = vec![b"h2".to_vec()];
    }
    Ok(configuration)
}

/// The certificates of the system and of `ca_file`.
fn trusted(ca_file: Option<&Path>, provider: &Arc<CryptoProvider>) -> Result<Verifier, StrategyError> {
    let Some(path) = ca_file else { return Verifier::new(Arc::clone(provider)).map_err(StrategyError::Tls) };
    let path_shown = || path.display().to_string();
    let text = input::read(path, FileKind::Config)
        .map_err(|source| StrategyError::Certificates { path: path_shown(), source })?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect();
    if certificates.is_empty() {
        return Err(StrategyError::NoCertificates { path: path_shown() });
    }
    Verifier::new_with_extra_roots(certificates, Arc::clone(provider)).map_err(StrategyError::Tls)
}

/// The certificates that are accepted: only those of `trusted`, or all where that is absent (`insecure`).
#[derive(Debug)]
struct Trust {
    trusted: Option<Verifier>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(trusted) = &self.trusted else { return Ok(ServerCertVerified::assertion()) };
        let verified = trusted.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verified.map_err(|error| match error {
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_))
                if is_self_signed(end_entity) =>
            {
                CertificateError::Other(OtherError(Arc::new(SelfSigned))).into()
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A certificate that vouches for itself.
#[derive(Debug)]
struct SelfSigned;

impl fmt::Display for SelfSigned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("self-signed certificate")
    }
}

impl Error for SelfSigned {}

fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate).is_ok_and(|certificate| certificate.issuer() == certificate.subject())
}

/// Why a handshake failed, where the certificate is the reason.
pub(super) fn reason(error: &rustls::Error) -> Option<&'static str> {
    let rustls::Error::InvalidCertificate(error) = error else { return None };
    match error {
        CertificateError::Other(OtherError(error)) if error.is::<SelfSigned>() => {
            Some("its certificate is self-signed")
        }
        CertificateError::UnknownIssuer => Some("its certificate is from an unknown authority"),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some("its certificate has expired"),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Some("its certificate is not valid yet")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Some("its certificate is for another name")
        }
        CertificateError::Revoked => Some("its certificate was revoked"),
        _ => Some("its certificate is not valid"),
    }
}
