// dotnet-chain.cs -- asks the real .NET to build a chain, or lists a store.
//
//   chain TIME LEAF.pem [SENT.pem ...]   "builds: THUMB THUMB ..." or
//                                        "fails: STATUS[,STATUS]: THUMB ..."
//   list STORE                           a thumbprint a line
//   add STORE FILE.pem                   as an application would
//
// No revocation checks; certificates that a server would send come behind the
// leaf.  The user's stores are those of $HOME, the system's of $SSL_CERT_DIR.
using System;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography.X509Certificates;

static class DotnetChain
{
	static int Main(string[] args)
	{
		switch (args[0]) {
		case "chain":
			return Chain(args);
		case "list":
			using (var store = Open(args[1], OpenFlags.ReadOnly))
				foreach (var c in store.Certificates.Cast<X509Certificate2>()
						.OrderBy(c => c.Thumbprint))
					Console.WriteLine(c.Thumbprint);
			return 0;
		case "add":
			using (var store = Open(args[1], OpenFlags.ReadWrite))
				store.Add(new X509Certificate2(args[2]));
			return 0;
		}
		return 64;
	}

	static X509Store Open(string name, OpenFlags flags)
	{
		var store = new X509Store(name, StoreLocation.CurrentUser);
		store.Open(flags);
		return store;
	}

	static int Chain(string[] args)
	{
		using (var chain = new X509Chain()) {
			var policy = chain.ChainPolicy;

			policy.RevocationMode = X509RevocationMode.NoCheck;
			policy.UrlRetrievalTimeout = TimeSpan.FromMilliseconds(1);
			policy.VerificationTime = DateTime.Parse(args[1],
				CultureInfo.InvariantCulture,
				DateTimeStyles.AdjustToUniversal);
			foreach (var file in args.Skip(3))
				policy.ExtraStore.Add(new X509Certificate2(file));

			bool ok = chain.Build(new X509Certificate2(args[2]));
			var thumbs = string.Join(" ", chain.ChainElements
				.Cast<X509ChainElement>()
				.Select(e => e.Certificate.Thumbprint));
			var status = string.Join(",", chain.ChainStatus
				.Select(s => s.Status.ToString()).OrderBy(s => s));

			Console.WriteLine(ok ? "builds: " + thumbs
				: "fails: " + status + ": " + thumbs);
			return ok ? 0 : 2;
		}
	}
}
