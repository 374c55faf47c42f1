/* wine-store.c -- a Windows program that asks Wine's crypt32:
 *
 *	add WHERE STORE FILE [NAME]	WHERE is machine or user; NAME is the
 *					friendly name
 *	list WHERE STORE ...		"STORE SHA-1" of each certificate
 *	chain FILE			"builds" or "fails ERRORS", in hex: the
 *					chain of a TLS server
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <wincrypt.h>

static BYTE bytes[1 << 16];

static HCERTSTORE store_open(const char *where, const char *name)
{
	DWORD location = strcmp(where, "machine") == 0
		? CERT_SYSTEM_STORE_LOCAL_MACHINE
		: CERT_SYSTEM_STORE_CURRENT_USER;
	WCHAR wide[64];

	MultiByteToWideChar(CP_ACP, 0, name, -1, wide, 64);
	return CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, location, wide);
}

/* How many bytes of the file are in `bytes`.  */
static DWORD file_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return 0;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return (DWORD)n;
}

static int add(const char *where, const char *store, const char *file,
	       const char *name)
{
	HCERTSTORE s = store_open(where, store);
	WCHAR wide[64];
	CRYPT_DATA_BLOB blob = { 0, (BYTE *)wide };
	PCCERT_CONTEXT c = NULL;

	if (!s || !CertAddEncodedCertificateToStore(s, X509_ASN_ENCODING,
			bytes, file_read(file),
			CERT_STORE_ADD_REPLACE_EXISTING, &c))
		return 1;
	if (name) {
		blob.cbData = 2 * (DWORD)MultiByteToWideChar(CP_ACP, 0, name,
							     -1, wide, 64);
		CertSetCertificateContextProperty(c,
				CERT_FRIENDLY_NAME_PROP_ID, 0, &blob);
	}
	CertFreeCertificateContext(c);
	return CertCloseStore(s, 0) ? 0 : 1;
}

static int list(const char *where, const char *store)
{
	HCERTSTORE s = store_open(where, store);
	PCCERT_CONTEXT c = NULL;
	BYTE hash[20];
	DWORD n, i;

	if (!s)
		return 1;
	while ((c = CertEnumCertificatesInStore(s, c)) != NULL) {
		n = sizeof(hash);
		CryptHashCertificate(0, CALG_SHA1, 0, c->pbCertEncoded,
				     c->cbCertEncoded, hash, &n);
		printf("%s ", store);
		for (i = 0; i < n; i++)
			printf("%02x", hash[i]);
		printf("\n");
	}
	return CertCloseStore(s, 0) ? 0 : 1;
}

static int chain(const char *file)
{
	char usage[] = szOID_PKIX_KP_SERVER_AUTH, *usages = usage;
	CERT_CHAIN_PARA para = { sizeof(para) };
	PCCERT_CHAIN_CONTEXT found;
	PCCERT_CONTEXT c;

	c = CertCreateCertificateContext(X509_ASN_ENCODING, bytes,
					 file_read(file));
	para.RequestedUsage.dwType = USAGE_MATCH_TYPE_AND;
	para.RequestedUsage.Usage.cUsageIdentifier = 1;
	para.RequestedUsage.Usage.rgpszUsageIdentifier = &usages;
	if (!c || !CertGetCertificateChain(NULL, c, NULL, NULL, &para, 0, NULL,
					   &found))
		return 1;
	if (found->TrustStatus.dwErrorStatus)
		printf("fails %lx\n", found->TrustStatus.dwErrorStatus);
	else
		printf("builds\n");
	return 0;
}

int main(int argc, char **argv)
{
	int i;

	if (argc >= 5 && strcmp(argv[1], "add") == 0)
		return add(argv[2], argv[3], argv[4],
			   argc > 5 ? argv[5] : NULL);
	if (argc >= 4 && strcmp(argv[1], "list") == 0) {
		for (i = 3; i < argc; i++)
			if (list(argv[2], argv[i]) != 0)
				return 1;
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "chain") == 0)
		return chain(argv[2]);
	return 64;
}
