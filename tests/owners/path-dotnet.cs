// path-dotnet.cs -- asks .NET which path X509Chain builds, with the policy that
// SslStream gives it.  Reads cases from standard input, writes answers
// (tests/paths/paths.py).  The stores are those of $HOME and $SSL_CERT_FILE, so
// all cases of one process must have the same; the user's intermediate
// store is filled with the first case's cache, by .NET itself.  .NET takes what
// is in it in the order in which the directory lists its files, so that has to be
// the order of the case: $HOME is on a file system that lists them as they were
// made, or the other way round.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

static class PathDotnet
{
	static X509Certificate2 Load(string label)
	{
		return new X509Certificate2("certs/" + label + ".pem");
	}

	static IEnumerable<X509Certificate2> All(string labels)
	{
		return labels == "-" ? Enumerable.Empty<X509Certificate2>()
			: labels.Split(' ').Select(Load);
	}

	static string Sha256(X509Certificate2 c)
	{
		return c.GetCertHashString(HashAlgorithmName.SHA256)
			.ToLowerInvariant();
	}

	static string Ask(string[] field)
	{
		using (var chain = new X509Chain()) {
			var policy = chain.ChainPolicy;
			var leaf = Load(field[2]);

			policy.RevocationMode = X509RevocationMode.NoCheck;
			policy.VerificationTime = DateTimeOffset
				.FromUnixTimeSeconds(long.Parse(field[1])).UtcDateTime;
			policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
			policy.ExtraStore.Add(leaf);
			foreach (var c in All(field[6]))
				policy.ExtraStore.Add(c);

			bool ok;
			try {
				ok = chain.Build(leaf);
			} catch (CryptographicException e) {
				return "reject\t-\tthrows: " + e.Message;
			}
			var path = string.Join(" ", chain.ChainElements
				.Cast<X509ChainElement>()
				.Select(e => Sha256(e.Certificate)));
			var status = string.Join(",", chain.ChainStatus
				.Select(s => s.Status.ToString()).OrderBy(s => s));
			return (ok ? "accept\t" : "reject\t") + path + "\t" + status;
		}
	}

	static readonly string directory = Path.Combine(
		Environment.GetEnvironmentVariable("HOME"),
		".dotnet/corefx/cryptography/x509stores/ca");

	static bool IsInOrder(IEnumerable<X509Certificate2> cache)
	{
		return !cache.Any() || Directory.EnumerateFiles(directory)
			.Select(Path.GetFileNameWithoutExtension)
			.SequenceEqual(cache.Select(c => c.Thumbprint));
	}

	static void Fill(IEnumerable<X509Certificate2> cache)
	{
		using (var store = new X509Store(StoreName.CertificateAuthority,
						 StoreLocation.CurrentUser)) {
			store.Open(OpenFlags.ReadWrite);
			foreach (var c in cache)
				store.Add(c);
		}
	}

	static void FillInOrder(List<X509Certificate2> cache)
	{
		Fill(cache);
		if (IsInOrder(cache))
			return;
		foreach (var file in Directory.GetFiles(directory))
			File.Delete(file);
		Fill(Enumerable.Reverse(cache));
		if (!IsInOrder(cache))
			throw new IOException(directory +
				": not listed in the order of making");
	}

	static void Main()
	{
		bool filled = false;

		for (string line; (line = Console.ReadLine()) != null;) {
			var field = line.Split('\t');

			if (!filled)
				FillInOrder(All(field[5]).ToList());
			filled = true;
			Console.WriteLine(field[0] + "\t" + Ask(field));
		}
	}
}
