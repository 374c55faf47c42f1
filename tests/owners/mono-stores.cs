// mono-stores.cs -- asks Mono about the certificate stores of the user.
//
//   list STORE           SHA-256 of each certificate, a line each: STORE is
//                        Mono's own name (Trust, CA, My, Disallowed, ...)
//   chain TIME FILE      "builds" or "fails: STATUS[,STATUS]"
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mono.Security.X509;

static class MonoStores
{
	static int Main(string[] args)
	{
		switch (args[0]) {
		case "list":
			var store = X509StoreManager.CurrentUser.Open(args[1], false);
			using (var hash = SHA256.Create())
				foreach (Mono.Security.X509.X509Certificate c in store.Certificates)
					Console.WriteLine(BitConverter.ToString(
						hash.ComputeHash(c.RawData))
						.Replace("-", "").ToLowerInvariant());
			return 0;
		case "chain":
			var chain = new System.Security.Cryptography.X509Certificates.X509Chain();
			chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
			chain.ChainPolicy.VerificationTime = DateTime.Parse(args[1],
				CultureInfo.InvariantCulture,
				DateTimeStyles.AdjustToUniversal);
			bool ok = chain.Build(new X509Certificate2(args[2]));
			Console.WriteLine(ok ? "builds" : "fails: " + string.Join(",",
				chain.ChainStatus.Select(s => s.Status.ToString())
				.Distinct().OrderBy(s => s)));
			return 0;
		}
		return 64;
	}
}
