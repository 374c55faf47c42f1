/* bouncycastle.java -- BouncyCastle's stores, made and listed by BouncyCastle
 * itself.  A single-file program: java -cp bcprov.jar bouncycastle.java ...
 *
 *	make TYPE FILE PASSWORD ENTRY...	"" is no password
 *	list TYPE FILE PASSWORD
 *
 * ENTRY is cert:ALIAS:FILE.pem, key:ALIAS:FILE.p12 (password changeit),
 * protected:ALIAS:FILE.p12 (the key encrypted already, which BouncyCastle
 * keeps as it is), secret:ALIAS, or for BCFKS one of
 * pbkdf2:PRF:ITERATIONS, scrypt:N:R:P and cipher:ccm|kwp, mac:512|3-512.
 *
 * list writes what TLS takes from a store, as TrustStoreUtil of OpenJDK does:
 * the certificate of a trusted entry, the first one of a key's chain.
 */
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.TreeSet;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.util.PBKDF2Config;
import org.bouncycastle.crypto.util.PBKDFConfig;
import org.bouncycastle.crypto.util.ScryptConfig;
import org.bouncycastle.jcajce.BCFKSLoadStoreParameter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

class bouncycastle {
	static X509Certificate certificate(String file) throws Exception {
		try (FileInputStream in = new FileInputStream(file)) {
			return (X509Certificate) CertificateFactory
				.getInstance("X.509").generateCertificate(in);
		}
	}

	/* PKCS#8, encrypted: what an entry that is protected already holds.  */
	static byte[] encrypted(Key key) throws Exception {
		String name = "PBEWithSHA1AndDESede";
		Cipher cipher = Cipher.getInstance(name, "SunJCE");

		cipher.init(Cipher.ENCRYPT_MODE, SecretKeyFactory
			.getInstance(name, "SunJCE")
			.generateSecret(new PBEKeySpec("key".toCharArray())));
		return new EncryptedPrivateKeyInfo(cipher.getParameters(),
			cipher.doFinal(key.getEncoded())).getEncoded();
	}

	static void add(KeyStore store, String[] entry, char[] password)
			throws Exception {
		char[] keyPassword = password != null ? password : new char[0];
		KeyStore from;

		switch (entry[0]) {
		case "cert":
			store.setCertificateEntry(entry[1], certificate(entry[2]));
			break;
		case "secret":
			store.setKeyEntry(entry[1], new SecretKeySpec(
				new byte[16], "AES"), keyPassword, null);
			break;
		case "key":
		case "protected":
			from = KeyStore.getInstance("PKCS12", "SunJSSE");
			try (FileInputStream in = new FileInputStream(entry[2])) {
				from.load(in, "changeit".toCharArray());
			}
			for (String name : Collections.list(from.aliases())) {
				Key key = from.getKey(name,
					"changeit".toCharArray());
				Certificate[] chain =
					from.getCertificateChain(name);

				if (entry[0].equals("key"))
					store.setKeyEntry(entry[1], key,
						keyPassword, chain);
				else
					store.setKeyEntry(entry[1],
						encrypted(key), chain);
			}
			break;
		default:
			throw new IllegalArgumentException(entry[0]);
		}
	}

	static PBKDFConfig derivation(String[] word) {
		if (word[0].equals("scrypt"))
			return new ScryptConfig.Builder(
				Integer.parseInt(word[1]),
				Integer.parseInt(word[2]),
				Integer.parseInt(word[3]))
				.withSaltLength(20).build();
		return new PBKDF2Config.Builder()
			.withPRF(word[1].equals("512")
				? PBKDF2Config.PRF_SHA512
				: PBKDF2Config.PRF_SHA3_512)
			.withIterationCount(Integer.parseInt(word[2]))
			.withSaltLength(20).build();
	}

	static void make(String type, String file, char[] password,
			String[] words, int first) throws Exception {
		KeyStore store = KeyStore.getInstance(type, "BC");
		BCFKSLoadStoreParameter.Builder builder = null;

		store.load(null, null);
		try (FileOutputStream out = new FileOutputStream(file)) {
			if (type.equals("BCFKS"))
				builder = new BCFKSLoadStoreParameter.Builder(
					out, password);
			for (int i = first; i < words.length; i++) {
				String[] word = words[i].split(":");

				switch (word[0]) {
				case "pbkdf2":
				case "scrypt":
					builder.withStorePBKDFConfig(
						derivation(word));
					break;
				case "cipher":
					builder.withStoreEncryptionAlgorithm(
						word[1].equals("ccm")
						? BCFKSLoadStoreParameter
							.EncryptionAlgorithm
							.AES256_CCM
						: BCFKSLoadStoreParameter
							.EncryptionAlgorithm
							.AES256_KWP);
					break;
				case "mac":
					builder.withStoreMacAlgorithm(
						word[1].equals("512")
						? BCFKSLoadStoreParameter
							.MacAlgorithm.HmacSHA512
						: BCFKSLoadStoreParameter
							.MacAlgorithm
							.HmacSHA3_512);
					break;
				default:
					add(store, word, password);
				}
			}
			if (builder != null)
				store.store(builder.build());
			else
				store.store(out, password);
		}
	}

	static void list(String type, String file, char[] password)
			throws Exception {
		KeyStore store = KeyStore.getInstance(type, "BC");
		TreeSet<String> lines = new TreeSet<>();

		try (FileInputStream in = new FileInputStream(file)) {
			store.load(in, password);
		}
		for (String alias : Collections.list(store.aliases())) {
			Certificate taken = null;

			if (store.isCertificateEntry(alias))
				taken = store.getCertificate(alias);
			else if (store.isKeyEntry(alias) &&
			    store.getCertificateChain(alias) != null)
				taken = store.getCertificateChain(alias)[0];
			if (taken == null)
				continue;
			byte[] hash = MessageDigest.getInstance("SHA-256")
				.digest(taken.getEncoded());
			StringBuilder hex = new StringBuilder();

			for (byte b : hash)
				hex.append(String.format("%02x", b));
			lines.add(hex.toString());
		}
		for (String line : lines)
			System.out.println(line);
	}

	public static void main(String[] arg) throws Exception {
		char[] password = arg[3].isEmpty() ? null
			: arg[3].toCharArray();

		Security.addProvider(new BouncyCastleProvider());
		if (arg[0].equals("make"))
			make(arg[1], arg[2], password, arg, 4);
		else
			list(arg[1], arg[2], password);
	}
}
