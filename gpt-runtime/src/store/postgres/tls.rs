//! Whom an encrypted connection trusts.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{self, CryptoProvider},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::store::Failure;

/// What is checked of the server's certificate.
pub(super) enum Check {
    /// Nothing: whoever listens could not read, whoever stands between could.
    Nothing,
    /// That a certificate of this file vouches for it.
    Chain(String),
    /// And that it is of the host: by the certificates of a file, or else those of the system.
    ChainAndHost(Option<String>),
}

pub(super) fn client(check: Check) -> Result<ClientConfig, Failure> {
    let provider = Arc::new(crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let client = match check {
        Check::ChainAndHost(None) => client.with_platform_verifier()?,
        Check::ChainAndHost(Some(file)) => client.with_root_certificates(roots(&file)?),
        Check::Chain(file) => {
            let chain = WebPkiServerVerifier::builder_with_provider(
                Arc::new(roots(&file)?),
                Arc::clone(&provider),
            );
            let chain = Some(chain.build()?);
            client
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Lenient { provider, chain }))
        }
        Check::Nothing => {
            let chain = None;
            client
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Lenient { provider, chain }))
        }
    };
    Ok(client.with_no_client_auth())
}

fn roots(file: &str) -> Result<RootCertStore, Failure> {
    let unusable =
        |error| format!("`sslrootcert`: no certificates can be read from `{file}`: {error}");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|it| unusable(it.to_string()))? {
        roots.add(certificate.map_err(|it| unusable(it.to_string()))?)?;
    }
    if roots.is_empty() {
        return Err(unusable("there is none".to_owned()).into());
    }
    Ok(roots)
}

/// Checks that the server has the key of its certificate, and who vouches for that if anybody must.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    chain: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        let found =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match found {
            // The name is looked at when all else is right.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            found => found,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
