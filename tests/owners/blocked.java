/* blocked.java -- what Java blocks, said by Java itself.  A single-file program:
 *
 *	properties FILE		the fingerprints that load() finds in a list, if
 *				it names SHA-256
 *	own			those of this Java's own list
 *	verify ROOT.pem LEAF.pem	"trusted", or why not
 *
 * `own` needs --add-opens java.base/sun.security.util=ALL-UNNAMED.
 */
import java.io.FileInputStream;
import java.lang.reflect.Field;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Properties;
import java.util.TreeSet;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

class blocked {
	static void show(Properties list) {
		TreeSet<String> lines = new TreeSet<>();

		if (!"SHA-256".equalsIgnoreCase(list.getProperty("Algorithm")))
			return;
		for (Object name : list.keySet())
			if (((String)name).matches("[0-9A-F]{64}"))
				lines.add(((String)name).toLowerCase());
		for (String line : lines)
			System.out.println(line);
	}

	static X509Certificate certificate(String file) throws Exception {
		try (FileInputStream in = new FileInputStream(file)) {
			return (X509Certificate)CertificateFactory
				.getInstance("X.509").generateCertificate(in);
		}
	}

	static String verify(String root, String leaf) throws Exception {
		KeyStore store = KeyStore.getInstance("JKS");
		TrustManagerFactory factory =
			TrustManagerFactory.getInstance("PKIX");

		store.load(null, null);
		store.setCertificateEntry("root", certificate(root));
		factory.init(store);
		try {
			((X509TrustManager)factory.getTrustManagers()[0])
				.checkServerTrusted(new X509Certificate[] {
					certificate(leaf) }, "RSA");
			return "trusted";
		} catch (Throwable t) {
			while (t.getCause() != null)
				t = t.getCause();
			return t.toString();
		}
	}

	public static void main(String[] arg) throws Exception {
		Properties list = new Properties();

		switch (arg[0]) {
		case "properties":
			try (FileInputStream in = new FileInputStream(arg[1])) {
				list.load(in);
			} catch (IllegalArgumentException e) {
				return;		/* Java verifies nothing then */
			}
			show(list);
			break;
		case "own":
			Field field = Class.forName(
				"sun.security.util.UntrustedCertificates")
				.getDeclaredField("props");

			field.setAccessible(true);
			show((Properties)field.get(null));
			break;
		case "verify":
			System.out.println(verify(arg[1], arg[2]));
			break;
		}
	}
}
