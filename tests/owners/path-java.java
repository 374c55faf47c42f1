/* path-java.java builder|tls -- asks the JDK that runs it which path it takes:
 * CertPathBuilder, or the trust manager that a TLS client asks.  Reads cases
 * from standard input, writes answers (tests/paths/paths.py).
 *
 * A trust store makes no difference between an anchor and what lies beside it.
 * The trust manager has no time of its own; it gets the case's through the
 * parameters that it is made from, and otherwise those that the JDK makes from
 * a trust store.
 *
 * Anchors are in a hash table ordered by where the objects lie, so of several
 * good paths the builder takes now one, now another.  With more than one anchor
 * it is asked again and again, and the path told only when it was always the
 * same.
 */
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

class PathJava {
	static final Map<String, X509Certificate> loaded = new HashMap<>();

	static X509Certificate load(String label) {
		return loaded.computeIfAbsent(label, key -> {
			try (FileInputStream in = new FileInputStream(
					"certs/" + key + ".pem")) {
				return (X509Certificate) CertificateFactory
					.getInstance("X.509")
					.generateCertificate(in);
			} catch (Exception e) {
				throw new RuntimeException(key, e);
			}
		});
	}

	static List<X509Certificate> all(String labels) {
		if (labels.equals("-"))
			return List.of();
		return Arrays.stream(labels.split(" ")).map(PathJava::load)
			.collect(Collectors.toList());
	}

	static String sha256(Certificate c) {
		try {
			StringBuilder out = new StringBuilder();
			for (byte b : MessageDigest.getInstance("SHA-256")
					.digest(c.getEncoded()))
				out.append(String.format("%02x", b));
			return out.toString();
		} catch (Exception e) {
			throw new RuntimeException(e);
		}
	}

	static final int AGAIN = 24;

	/* The innermost reason; the builder's is always that it found nothing.  */
	static String why(Throwable e) {
		while (e.getCause() != null && e.getCause() != e)
			e = e.getCause();
		return String.valueOf(e.getMessage()).replaceAll("\\s+", " ")
			.replaceAll(" (on|after)( date)?:? .*", "");
	}

	static String build(Set<TrustAnchor> anchors, X509Certificate leaf,
			List<X509Certificate> sent, Date at) throws Exception {
		X509CertSelector target = new X509CertSelector();
		target.setCertificate(leaf);
		target.setExtendedKeyUsage(Set.of("1.3.6.1.5.5.7.3.1"));
		PKIXBuilderParameters p = new PKIXBuilderParameters(anchors, target);
		p.setRevocationEnabled(false);
		p.setDate(at);
		p.addCertStore(CertStore.getInstance("Collection",
			new CollectionCertStoreParameters(sent)));
		PKIXCertPathBuilderResult r = (PKIXCertPathBuilderResult)
			CertPathBuilder.getInstance("PKIX").build(p);
		List<Certificate> path =
			new ArrayList<>(r.getCertPath().getCertificates());
		path.add(r.getTrustAnchor().getTrustedCert());
		return path.stream().map(PathJava::sha256)
			.collect(Collectors.joining(" "));
	}

	static void handshake(Set<TrustAnchor> anchors, X509Certificate leaf,
			List<X509Certificate> sent, Date at) throws Exception {
		PKIXBuilderParameters p = new PKIXBuilderParameters(anchors,
			new X509CertSelector());
		p.setRevocationEnabled(false);
		p.setDate(at);
		TrustManagerFactory f = TrustManagerFactory.getInstance("PKIX");
		f.init(new CertPathTrustManagerParameters(p));
		List<X509Certificate> chain = new ArrayList<>(sent);
		chain.add(0, leaf);
		((X509TrustManager) f.getTrustManagers()[0]).checkServerTrusted(
			chain.toArray(new X509Certificate[0]), "ECDHE_ECDSA");
	}

	static String ask(boolean tls, String[] field) throws Exception {
		String first = once(tls, field);
		boolean one = (field[3] + " " + field[4]).replace("-", "")
			.trim().split(" ").length == 1;
		for (int i = 0; i < AGAIN && !one; i++) {
			String next = once(tls, field);
			if (!next.substring(0, 6).equals(first.substring(0, 6)))
				return "varies\t-\t";
			if (!next.equals(first))
				return first.substring(0, 6) + "\t-\t"
					+ "not always the same path";
		}
		return first;
	}

	static String once(boolean tls, String[] field) throws Exception {
		Set<TrustAnchor> anchors = new LinkedHashSet<>();
		for (String labels : List.of(field[3], field[4]))
			for (X509Certificate c : all(labels))
				anchors.add(new TrustAnchor(c, null));
		if (anchors.isEmpty())	/* which the JDK refuses to be asked */
			return "reject\t-\tno anchor";
		X509Certificate leaf = load(field[2]);
		Date at = new Date(Long.parseLong(field[1]) * 1000);
		try {
			if (!tls)
				return "accept\t" + build(anchors, leaf,
					all(field[6]), at) + "\t";
			handshake(anchors, leaf, all(field[6]), at);
			return "accept\t-\t";
		} catch (CertPathBuilderException e) {
			return "reject\t-\t";
		} catch (CertificateException e) {
			return "reject\t-\t" + why(e);
		}
	}

	public static void main(String[] args) throws Exception {
		boolean tls = args[0].equals("tls");
		BufferedReader in = new BufferedReader(
			new InputStreamReader(System.in));
		System.out.println("# java" + (tls ? "-tls" : "") + " "
			+ System.getProperty("java.vendor") + " "
			+ System.getProperty("java.version"));
		for (String line; (line = in.readLine()) != null;) {
			String[] field = line.split("\t");
			System.out.println(field[0] + "\t" + ask(tls, field));
		}
	}
}
