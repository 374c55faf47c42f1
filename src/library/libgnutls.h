/* libgnutls.h -- what this program uses of GnuTLS: see library.h.  */
#ifndef LIBGNUTLS_H
#define LIBGNUTLS_H

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "library/library.h"

#define LIBGNUTLS(X) \
	X(gnutls_alert_get) \
	X(gnutls_alert_get_name) \
	X(gnutls_alert_send) \
	X(gnutls_certificate_allocate_credentials) \
	X(gnutls_certificate_free_credentials) \
	X(gnutls_check_version) \
	X(gnutls_credentials_set) \
	X(gnutls_deinit) \
	X(gnutls_error_is_fatal) \
	X(gnutls_free) \
	X(gnutls_global_init) \
	X(gnutls_handshake) \
	X(gnutls_handshake_set_hook_function) \
	X(gnutls_handshake_set_max_packet_length) \
	X(gnutls_idna_map) \
	X(gnutls_init) \
	X(gnutls_priority_set_direct) \
	X(gnutls_privkey_deinit) \
	X(gnutls_privkey_import_x509) \
	X(gnutls_privkey_init) \
	X(gnutls_protocol_get_name) \
	X(gnutls_protocol_get_version) \
	X(gnutls_pubkey_deinit) \
	X(gnutls_pubkey_export2) \
	X(gnutls_pubkey_export_dsa_raw2) \
	X(gnutls_pubkey_export_rsa_raw2) \
	X(gnutls_pubkey_get_pk_algorithm) \
	X(gnutls_pubkey_import) \
	X(gnutls_pubkey_import_privkey) \
	X(gnutls_pubkey_import_x509) \
	X(gnutls_pubkey_init) \
	X(gnutls_pubkey_set_spki) \
	X(gnutls_pubkey_verify_data2) \
	X(gnutls_server_name_set) \
	X(gnutls_session_get_ptr) \
	X(gnutls_session_set_ptr) \
	X(gnutls_set_default_priority) \
	X(gnutls_sign_get_hash_algorithm) \
	X(gnutls_sign_get_pk_algorithm) \
	X(gnutls_sign_supports_pk_algorithm) \
	X(gnutls_strerror) \
	X(gnutls_transport_set_ptr) \
	X(gnutls_transport_set_pull_function) \
	X(gnutls_transport_set_push_function) \
	X(gnutls_x509_crt_deinit) \
	X(gnutls_x509_crt_get_signature_algorithm) \
	X(gnutls_x509_crt_import) \
	X(gnutls_x509_crt_init) \
	X(gnutls_x509_privkey_deinit) \
	X(gnutls_x509_privkey_import) \
	X(gnutls_x509_privkey_import_pkcs8) \
	X(gnutls_x509_privkey_init) \
	X(gnutls_x509_spki_deinit) \
	X(gnutls_x509_spki_init) \
	X(gnutls_x509_spki_set_rsa_pss_params)

struct libgnutls {
	LIBGNUTLS(LIBRARY_MEMBER)
};

/* NULL, or why it cannot be loaded, for the caller to free.  */
char *libgnutls_load(void);
/* Dies when it cannot be loaded.  */
const struct libgnutls *libgnutls(void);

#endif
