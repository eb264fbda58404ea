/* dtls_certificate.h - the process's own certificate: ECDSA P-256, self-signed, new at each start.
 *
 * Any thread, owns nothing: the SSL_CTX takes key and certificate. */
#ifndef KH_EDGE_DTLS_CERTIFICATE_H
#define KH_EDGE_DTLS_CERTIFICATE_H

#include "base/err.h"
#include "media/edge/dtls.h"

#include <openssl/ssl.h>

/* Make the key and the certificate, give them to @ssl and write "sha-256 AA:BB:..." */
enum kh_err kh_dtls_certificate_use(SSL_CTX *ssl, char fingerprint[KH_DTLS_FINGERPRINT_TEXT],
                                    struct kh_error *error);

#endif
